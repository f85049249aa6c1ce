import DataLoader from 'dataloader';
import { findLatestReasons } from '../src/audit/audit.ts';
import type { EntityManager } from '../src/platform/database/database.ts';
import type { Leaderboard } from '../src/platform/leaderboard/leaderboard.ts';
import type { PublicPlayer } from '../src/players/find-players.ts';
import type { PlayerReader } from '../src/players/player-reader.ts';
import { findCityRanks, findRanks } from '../src/rankings/find-rankings.ts';
import type { RankedEntry } from '../src/rankings/ranked-entry.ts';
import { findVideosByIds, findVideosByPlayers, type VideoPage } from '../src/videos/find-videos.ts';
import type { Video } from '../src/videos/video.entity.ts';
import { maySee, maySeeAllVideos, type Viewer } from '../src/videos/visibility.ts';
import { findVotedVideos } from '../src/votes/find-votes.ts';

/** One query for all that an operation asks of one kind at once. Own to one viewer and one operation or event. */
export interface Loaders {
  players: DataLoader<string, PublicPlayer | null>;
  /** A video that is not for this viewer does not exist for them, by whichever field they ask. */
  videos: DataLoader<string, Video | null>;
  videosOf: DataLoader<{ playerId: string; page: VideoPage }, Video[], string>;
  /** Why videos were last hidden, by their ids. */
  hideReasons: DataLoader<string, string | null>;
  /** Whether the viewer's vote for a video counts. */
  voted: DataLoader<string, boolean>;
  ranks: DataLoader<string, RankedEntry | null>;
  /** Places within the player's city. */
  cityRanks: DataLoader<{ id: string; city: string }, RankedEntry | null, string>;
}

export function createLoaders({
  em,
  viewer,
  leaderboard,
  readPlayers,
}: {
  em: EntityManager;
  viewer: Viewer;
  leaderboard: Leaderboard;
  readPlayers: PlayerReader;
}): Loaders {
  return {
    players: new DataLoader(ids => readPlayers(ids)),
    videos: new DataLoader(async ids => {
      const videos = await findVideosByIds(em, ids);
      return videos.map(video => (video && maySee(viewer, video) ? video : null));
    }),
    videosOf: new DataLoader(
      async asked => {
        const lists = new Map<(typeof asked)[number], Video[]>();
        // One query for each page that is asked for; the fields of one operation ask for very few.
        for (const group of Map.groupBy(asked, ({ page }) => JSON.stringify(page)).values()) {
          const [{ page } = { page: undefined }] = group;
          if (page === undefined) continue;
          const players = group.map(({ playerId }) => ({
            playerId,
            unpublished: maySeeAllVideos(viewer, playerId),
          }));
          const found = await findVideosByPlayers(em, players, page);
          for (const [index, key] of group.entries()) lists.set(key, found[index] ?? []);
        }
        return asked.map(key => lists.get(key) ?? []);
      },
      { cacheKeyFn: key => JSON.stringify(key) },
    ),
    hideReasons: new DataLoader(ids => findLatestReasons(em, 'HIDE_VIDEO', ids)),
    voted: new DataLoader(async ids => {
      const voted = viewer && (await findVotedVideos(em, viewer.playerId, ids));
      return ids.map(id => voted?.has(id) ?? false);
    }),
    ranks: new DataLoader(ids => findRanks({ em, leaderboard }, ids)),
    cityRanks: new DataLoader(players => findCityRanks({ em, leaderboard }, players), {
      cacheKeyFn: ({ id }) => id,
    }),
  };
}

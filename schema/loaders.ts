import DataLoader from 'dataloader';
import { findLatestReasons } from '../src/audit/find-audit-entries.ts';
import type { EntityManager } from '../src/platform/database/database.ts';
import type { Leaderboard } from '../src/platform/leaderboard/leaderboard.ts';
import type { PublicPlayer } from '../src/players/find-players.ts';
import type { PlayerReader } from '../src/players/player-reader.ts';
import { findCityRanks, findRanks } from '../src/rankings/find-rankings.ts';
import type { RankedEntry } from '../src/rankings/ranked-entry.ts';
import { findVideosByPlayers, findVisibleVideos, type VideoPage } from '../src/videos/find-videos.ts';
import type { Video } from '../src/videos/video.entity.ts';
import type { Viewer } from '../src/videos/visibility.ts';
import { findVotedVideos } from '../src/votes/find-votes.ts';

/** Batches the reads of one operation or event into one query for each kind, for one viewer. */
export interface Loaders {
  players: DataLoader<string, PublicPlayer | null>;
  /** Null also for a video that the viewer may not see. */
  videos: DataLoader<string, Video | null>;
  videosByPlayer: DataLoader<{ playerId: string; page: VideoPage }, Video[], string>;
  /** Reasons of the latest hiding, by video id. */
  hideReasons: DataLoader<string, string | null>;
  /** Whether the viewer has voted, by video id. */
  voted: DataLoader<string, boolean>;
  /** Entries of the global ranking, by player id. */
  ranks: DataLoader<string, RankedEntry | null>;
  /** Entries of the ranking of the player's city. */
  cityRanks: DataLoader<{ id: string; city: string }, RankedEntry | null, string>;
}

/** Creates the loaders of one operation or event. They cache each read. */
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
    videos: new DataLoader(ids => findVisibleVideos(em, viewer, ids)),
    videosByPlayer: new DataLoader(
      async keys => {
        const lists = new Map<(typeof keys)[number], Video[]>();
        // One query for each distinct page; one operation has very few.
        for (const group of Map.groupBy(keys, ({ page }) => JSON.stringify(page)).values()) {
          const [{ page } = { page: undefined }] = group;
          if (page === undefined) continue;
          const playerIds = group.map(({ playerId }) => playerId);
          const found = await findVideosByPlayers(em, viewer, playerIds, page);
          for (const [index, key] of group.entries()) lists.set(key, found[index] ?? []);
        }
        return keys.map(key => lists.get(key) ?? []);
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

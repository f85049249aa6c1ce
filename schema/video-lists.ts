import {
  type ResolveCursorConnectionArgs as CursorPage,
  resolveCursorConnection,
} from '@pothos/plugin-relay';
import { z } from 'zod';
import {
  findPublishedVideos,
  findVideos,
  type VIDEO_ORDERS,
  type VideoPage,
} from '../src/videos/find-videos.ts';
import type { Video } from '../src/videos/video.entity.ts';
import { builder } from './builder.ts';
import { getPageCost } from './costs.ts';
import { checkPage, decodeCursor, encodeCursor, PAGE_SIZES, type PageArguments } from './paging.ts';
import { PlayerType } from './player.ts';
import { FailureReasonEnum, VideoStatusEnum, VideoType } from './video.ts';

const VideoOrder = builder.enumType('VideoOrder', {
  description: 'The order of videos.',
  values: {
    NEWEST: { description: 'Newest upload first.' },
    MOST_VOTED: { description: 'Most votes first; videos with equal votes by newest upload.' },
  } satisfies Record<(typeof VIDEO_ORDERS)[number], unknown>,
});

const VIDEO_CURSOR = z.object({ id: z.uuid(), votes: z.int32() });

/** Returns a page of videos as a Relay connection; `find` reads the videos. */
async function toVideoConnection(args: PageArguments, find: (page: VideoPage) => Promise<Video[]>) {
  checkPage(args);
  return resolveCursorConnection(
    { ...PAGE_SIZES, args, toCursor: ({ id, votes }: Video) => encodeCursor({ id, votes }) },
    ({ after, before, limit, inverted }: CursorPage) =>
      find({
        limit,
        after: decodeCursor(after, VIDEO_CURSOR),
        before: decodeCursor(before, VIDEO_CURSOR),
        fromEnd: inverted,
      }),
  );
}

builder.objectField(PlayerType, 'videos', t =>
  t.connection({
    type: VideoType,
    complexity: getPageCost,
    description: 'The player’s published videos, newest first. The owner and moderators see all videos.',
    resolve: (player, args, { loaders }) =>
      toVideoConnection(args, page => loaders.videosByPlayer.load({ playerId: player.id, page })),
  }),
);

builder.queryField('videos', t =>
  t.connection({
    type: VideoType,
    complexity: getPageCost,
    description: 'The published videos.',
    args: {
      city: t.arg.string({ description: 'Only videos of players from this city, with or without accents.' }),
      orderBy: t.arg({ type: VideoOrder, defaultValue: 'NEWEST', description: 'Order of the videos.' }),
    },
    resolve: (_root, args, { em }) =>
      toVideoConnection(args, page =>
        findPublishedVideos(em, { city: args.city ?? null, orderBy: args.orderBy ?? 'NEWEST' }, page),
      ),
  }),
);

builder.queryField('allVideos', t =>
  t.connection({
    type: VideoType,
    complexity: getPageCost,
    description: 'All videos in every status, newest first. Moderators only.',
    authScopes: { moderator: true },
    args: {
      status: t.arg({ type: VideoStatusEnum, description: 'Only videos with this status.' }),
      failureReason: t.arg({
        type: FailureReasonEnum,
        description: 'Only videos that failed for this reason.',
      }),
      hidden: t.arg.boolean({ description: 'Only hidden videos, or only videos that are not hidden.' }),
    },
    resolve: (_root, args, { em }) => {
      const { status = null, failureReason = null, hidden = null } = args;
      return toVideoConnection(args, page => findVideos(em, { status, failureReason, hidden }, page));
    },
  }),
);

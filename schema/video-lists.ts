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
import { pageCost } from './costs.ts';
import { checkPage, decodeCursor, encodeCursor, PAGE_SIZES, type PageArguments } from './paging.ts';
import { PlayerType } from './player.ts';
import { FailureReasonEnum, VideoStatusEnum, VideoType } from './video.ts';

const VideoOrder = builder.enumType('VideoOrder', {
  description: 'Which videos come first.',
  values: {
    NEWEST: { description: 'The latest upload.' },
    MOST_VOTED: { description: 'The one with most votes; among equals the latest upload.' },
  } satisfies Record<(typeof VIDEO_ORDERS)[number], unknown>,
});

const POSITION = z.object({ id: z.uuid(), votes: z.int32() });

/** A page of videos as a Relay connection; `find` gives up to `limit` of them, from the end when it says so. */
async function videoConnection(args: PageArguments, find: (page: VideoPage) => Promise<Video[]>) {
  checkPage(args);
  return resolveCursorConnection(
    { ...PAGE_SIZES, args, toCursor: ({ id, votes }: Video) => encodeCursor({ id, votes }) },
    ({ after, before, limit, inverted }: CursorPage) =>
      find({
        limit,
        after: decodeCursor(after, POSITION),
        before: decodeCursor(before, POSITION),
        fromEnd: inverted,
      }),
  );
}

builder.objectField(PlayerType, 'videos', t =>
  t.connection({
    type: VideoType,
    complexity: pageCost,
    description: 'The published ones, newest first; all of them to their owner and to moderators.',
    resolve: (player, args, { loaders }) =>
      videoConnection(args, page => loaders.videosOf.load({ playerId: player.id, page })),
  }),
);

builder.queryField('videos', t =>
  t.connection({
    type: VideoType,
    complexity: pageCost,
    description: 'The published videos.',
    args: {
      city: t.arg.string({ description: 'Only of players from this city, spelled with or without accents.' }),
      orderBy: t.arg({ type: VideoOrder, defaultValue: 'NEWEST', description: 'Which come first.' }),
    },
    resolve: (_root, args, { em }) =>
      videoConnection(args, page =>
        findPublishedVideos(em, { city: args.city ?? null, orderBy: args.orderBy ?? 'NEWEST' }, page),
      ),
  }),
);

builder.queryField('allVideos', t =>
  t.connection({
    type: VideoType,
    complexity: pageCost,
    description: 'The videos of everybody in every status, newest first. Moderators only.',
    authScopes: { moderator: true },
    args: {
      status: t.arg({ type: VideoStatusEnum, description: 'Only those that stand there.' }),
      failureReason: t.arg({ type: FailureReasonEnum, description: 'Only those that failed so.' }),
      hidden: t.arg.boolean({ description: 'Only those that a moderator has hidden, or only the others.' }),
    },
    resolve: (_root, args, { em }) => {
      const { status = null, failureReason = null, hidden = null } = args;
      return videoConnection(args, page => findVideos(em, { status, failureReason, hidden }, page));
    },
  }),
);

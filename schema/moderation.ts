import {
  type ResolveCursorConnectionArgs as CursorPage,
  resolveCursorConnection,
} from '@pothos/plugin-relay';
import { z } from 'zod';
import { findAuditEntries, findAuditTrail } from '../src/audit/audit.ts';
import type {
  AUDITED_ACTIONS,
  AuditedAction as AuditAction,
  AuditEntry,
} from '../src/audit/audit-entry.entity.ts';
import { certifyResults } from '../src/contest/results.ts';
import { hideVideo, requeueVideo, restoreVideo } from '../src/moderation/moderate-videos.ts';
import { InvalidInput } from '../src/platform/errors.ts';
import { VideoNotFailed, VideoNotFound } from '../src/videos/video.errors.ts';
import { mayInspect } from '../src/videos/visibility.ts';
import { builder } from './builder.ts';
import { type Context, viewerOf } from './context.ts';
import { pageCost } from './costs.ts';
import { ErrorInterface } from './errors.ts';
import { encodeId } from './global-ids.ts';
import { checkPage, decodeCursor, encodeCursor, PAGE_SIZES } from './paging.ts';
import { PlayerType } from './player.ts';
import { VideoType } from './video.ts';

const LONGEST_TRAIL = 100;
const QUEUE_BOARD_LINK_SECONDS = 60;

const AuditedAction = builder.enumType('AuditedAction', {
  description: 'What was done.',
  values: {
    APPOINT_MODERATOR: { description: 'Somebody was made a moderator.' },
    HIDE_VIDEO: { description: 'A video was taken out of sight.' },
    RESTORE_VIDEO: { description: 'A hidden video was shown again.' },
    REQUEUE_VIDEO: { description: 'A failed video was given new attempts.' },
    CLOSE_CONTEST: { description: 'The voting was ended.' },
    EXPORT_RESULTS: { description: 'The results were handed out.' },
  } satisfies Record<(typeof AUDITED_ACTIONS)[number], unknown>,
});

/** The type of what each is done to. */
const SUBJECTS: Record<AuditAction, 'Player' | 'Video' | null> = {
  APPOINT_MODERATOR: 'Player',
  HIDE_VIDEO: 'Video',
  RESTORE_VIDEO: 'Video',
  REQUEUE_VIDEO: 'Video',
  CLOSE_CONTEST: null,
  EXPORT_RESULTS: null,
};

const AuditEntryType = builder.objectRef<AuditEntry>('AuditEntry').implement({
  description: 'Who did what, when and why.',
  fields: t => ({
    at: t.expose('at', { type: 'DateTime', description: 'When.' }),
    action: t.field({ type: AuditedAction, description: 'What.', resolve: ({ action }) => action }),
    actor: t.field({
      type: PlayerType,
      nullable: true,
      description: 'Who; null for the operator.',
      resolve: ({ actor }, _arguments, { loaders }) => (actor ? loaders.players.load(actor.id) : null),
    }),
    subjectId: t.id({
      nullable: true,
      description:
        'Global id of the video or player that it was done to, which may be gone; null when it was done to none.',
      resolve: ({ action, subject }) => {
        const type = SUBJECTS[action];
        return type && subject ? encodeId(type, subject) : null;
      },
    }),
    reason: t.string({ nullable: true, description: 'Why.', resolve: ({ reason }) => reason ?? null }),
  }),
});

builder.objectField(VideoType, 'auditTrail', t =>
  t.field({
    type: [AuditEntryType],
    description: `What moderators did to it, the latest first, at most ${LONGEST_TRAIL}. Moderators only.`,
    authScopes: { moderator: true },
    resolve: (video, _arguments, { em }) => findAuditTrail(em, video.id, LONGEST_TRAIL),
  }),
);

const ENTRY_POSITION = z.object({ id: z.uuid() });

builder.queryField('auditTrail', t =>
  t.connection({
    type: AuditEntryType,
    complexity: pageCost,
    description: 'What moderators and operators did, the latest first. Moderators only.',
    authScopes: { moderator: true },
    resolve: (_root, args, { em }) => {
      checkPage(args);
      return resolveCursorConnection(
        { ...PAGE_SIZES, args, toCursor: ({ id }: AuditEntry) => encodeCursor({ id }) },
        ({ after, before, limit, inverted }: CursorPage) =>
          findAuditEntries(em, {
            limit,
            after: decodeCursor(after, ENTRY_POSITION)?.id,
            before: decodeCursor(before, ENTRY_POSITION)?.id,
            fromEnd: inverted,
          }),
      );
    },
  }),
);

builder.objectField(VideoType, 'hidden', t =>
  t.boolean({
    description: 'Whether a moderator has hidden it. Only its owner and moderators ever see a hidden one.',
    resolve: ({ hiddenAt }) => hiddenAt != null,
  }),
);

builder.objectField(VideoType, 'hiddenReason', t =>
  t.string({
    nullable: true,
    description:
      'Why a moderator has hidden it, in the moderator’s words; null unless hidden, and to anybody but its owner and moderators.',
    resolve: (video, _arguments, { viewer, loaders }) =>
      video.hiddenAt != null && mayInspect(viewer, video) ? loaders.hideReasons.load(video.id) : null,
  }),
);

builder.objectType(VideoNotFailed, {
  name: 'VideoNotFailed',
  description: 'Only a failed video can be given another try.',
  interfaces: [ErrorInterface],
});

builder.queryField('queueBoardUrl', t =>
  t.field({
    type: 'URL',
    description: `Opens the queue of videos in a browser. Each link works for ${QUEUE_BOARD_LINK_SECONDS} seconds. Moderators only.`,
    authScopes: { moderator: true },
    resolve: (_root, _arguments, context) => {
      const path = `/operations/queue/enter/${viewerOf(context).playerId}`;
      return context.settings.publicUrl + context.links.sign(path, QUEUE_BOARD_LINK_SECONDS);
    },
  }),
);

builder.mutationFields(t => {
  const args = {
    videoId: t.arg.globalID({ required: true, for: VideoType, description: 'Its global id.' }),
    reason: t.arg.string({ required: true, description: 'For the audit trail; 1 to 500 characters.' }),
  };
  const deedOf = (context: Context, { videoId, reason }: { videoId: { id: string }; reason: string }) => ({
    moderatorId: viewerOf(context).playerId,
    videoId: videoId.id,
    reason,
  });
  return {
    hideVideo: t.field({
      type: VideoType,
      description: 'Takes a video out of everybody’s sight, and its votes out of the ranking.',
      authScopes: { moderator: true },
      errors: { types: [VideoNotFound, InvalidInput] },
      args: {
        ...args,
        reason: t.arg.string({
          required: true,
          description: 'For the audit trail and for the owner, who is shown it; 1 to 500 characters.',
        }),
      },
      resolve: async (_root, given, context) => {
        await certifyResults(context.em, context.settings.contest);
        return hideVideo(context, deedOf(context, given));
      },
    }),
    restoreVideo: t.field({
      type: VideoType,
      description: 'Shows a hidden video again; its votes count again.',
      authScopes: { moderator: true },
      errors: { types: [VideoNotFound, InvalidInput] },
      args,
      resolve: async (_root, given, context) => {
        await certifyResults(context.em, context.settings.contest);
        return restoreVideo(context, deedOf(context, given));
      },
    }),
    requeueVideo: t.field({
      type: VideoType,
      description: 'Gives a failed video a new set of attempts.',
      authScopes: { moderator: true },
      errors: { types: [VideoNotFound, VideoNotFailed, InvalidInput] },
      args,
      resolve: (_root, given, context) =>
        requeueVideo({ ...context, processing: context.settings.processing }, deedOf(context, given)),
    }),
  };
});

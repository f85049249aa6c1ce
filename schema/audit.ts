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
import { builder } from './builder.ts';
import { pageCost } from './costs.ts';
import { encodeId } from './global-ids.ts';
import { checkPage, decodeCursor, encodeCursor, PAGE_SIZES } from './paging.ts';
import { PlayerType } from './player.ts';
import { VideoType } from './video.ts';

const LONGEST_TRAIL = 100;

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

import {
  type ResolveCursorConnectionArgs as CursorPage,
  resolveCursorConnection,
} from '@pothos/plugin-relay';
import { z } from 'zod';
import type {
  AUDITED_ACTIONS,
  AuditedAction as AuditAction,
  AuditEntry,
} from '../src/audit/audit-entry.entity.ts';
import { findAuditEntries, findAuditTrail } from '../src/audit/find-audit-entries.ts';
import { builder } from './builder.ts';
import { getPageCost } from './costs.ts';
import { encodeId } from './global-ids.ts';
import { checkPage, decodeCursor, encodeCursor, PAGE_SIZES } from './paging.ts';
import { PlayerType } from './player.ts';
import { VideoType } from './video.ts';

const MAX_TRAIL_ENTRIES = 100;

const AuditedAction = builder.enumType('AuditedAction', {
  description: 'An action in the audit trail.',
  values: {
    APPOINT_MODERATOR: { description: 'A player was made a moderator.' },
    HIDE_VIDEO: { description: 'A video was hidden.' },
    RESTORE_VIDEO: { description: 'A hidden video was restored.' },
    REQUEUE_VIDEO: { description: 'A failed video was requeued.' },
    CLOSE_CONTEST: { description: 'Voting was closed.' },
    EXPORT_RESULTS: { description: 'The results were exported.' },
  } satisfies Record<(typeof AUDITED_ACTIONS)[number], unknown>,
});

/** The type of the node that each action concerns. */
const SUBJECT_TYPES: Record<AuditAction, 'Player' | 'Video' | null> = {
  APPOINT_MODERATOR: 'Player',
  HIDE_VIDEO: 'Video',
  RESTORE_VIDEO: 'Video',
  REQUEUE_VIDEO: 'Video',
  CLOSE_CONTEST: null,
  EXPORT_RESULTS: null,
};

const AuditEntryType = builder.objectRef<AuditEntry>('AuditEntry').implement({
  description: 'An action of a moderator or operator.',
  fields: t => ({
    at: t.expose('at', { type: 'DateTime', description: 'When the action happened.' }),
    action: t.field({ type: AuditedAction, description: 'The action.', resolve: ({ action }) => action }),
    actor: t.field({
      type: PlayerType,
      nullable: true,
      description: 'The moderator who acted; null for an operator.',
      resolve: ({ actor }, _arguments, { loaders }) => (actor ? loaders.players.load(actor.id) : null),
    }),
    subjectId: t.id({
      nullable: true,
      description:
        'Global id of the affected video or player, which may be deleted. Null for an action on neither.',
      resolve: ({ action, subject }) => {
        const type = SUBJECT_TYPES[action];
        return type && subject ? encodeId(type, subject) : null;
      },
    }),
    reason: t.string({
      nullable: true,
      description: 'Reason given for the action; null without one.',
      resolve: ({ reason }) => reason ?? null,
    }),
  }),
});

builder.objectField(VideoType, 'auditTrail', t =>
  t.field({
    type: [AuditEntryType],
    description: `Actions of moderators on the video, newest first, at most ${MAX_TRAIL_ENTRIES}. Moderators only.`,
    authScopes: { moderator: true },
    resolve: (video, _arguments, { em }) => findAuditTrail(em, video.id, MAX_TRAIL_ENTRIES),
  }),
);

const AUDIT_CURSOR = z.object({ id: z.uuid() });

builder.queryField('auditTrail', t =>
  t.connection({
    type: AuditEntryType,
    complexity: getPageCost,
    description: 'Actions of moderators and operators, newest first. Moderators only.',
    authScopes: { moderator: true },
    resolve: (_root, args, { em }) => {
      checkPage(args);
      return resolveCursorConnection(
        { ...PAGE_SIZES, args, toCursor: ({ id }: AuditEntry) => encodeCursor({ id }) },
        ({ after, before, limit, inverted }: CursorPage) =>
          findAuditEntries(em, {
            limit,
            after: decodeCursor(after, AUDIT_CURSOR)?.id,
            before: decodeCursor(before, AUDIT_CURSOR)?.id,
            fromEnd: inverted,
          }),
      );
    },
  }),
);

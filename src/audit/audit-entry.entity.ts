import { defineEntity, type Opt, p } from '@mikro-orm/core';
import { Player } from '../players/player.entity.ts';

/** The actions of moderators and operators that the audit trail records. */
export const AUDITED_ACTIONS = [
  'HIDE_VIDEO',
  'RESTORE_VIDEO',
  'REQUEUE_VIDEO',
  'CLOSE_CONTEST',
  'EXPORT_RESULTS',
  'APPOINT_MODERATOR',
] as const;
export type AuditedAction = (typeof AUDITED_ACTIONS)[number];

const AuditEntrySchema = defineEntity({
  name: 'AuditEntry',
  tableName: 'audit_entries',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    at: p.datetime().$type<Opt<Date>>().defaultRaw('now()'),
    // Null for the operator, who uses the command line.
    actor: () => p.manyToOne(Player).ref().nullable(),
    action: p.enum(() => AUDITED_ACTIONS).$type<AuditedAction>(),
    // The id of the video or player that the action changed; null for actions on the whole contest.
    subject: p.uuid().nullable(),
    reason: p.string().length(500).nullable(),
  },
  indexes: [{ properties: ['subject', 'id'] }],
});

/** An action with its actor, time and reason. It is written in the action's transaction and never changed. */
export class AuditEntry extends AuditEntrySchema.class {}
AuditEntrySchema.setClass(AuditEntry);

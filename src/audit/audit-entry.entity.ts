import { defineEntity, type Opt, p } from '@mikro-orm/core';
import { Player } from '../players/player.entity.ts';

/** What moderators and operators do that others may ask about later. */
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
    // Null is the operator, at a command line.
    actor: () => p.manyToOne(Player).ref().nullable(),
    action: p.enum(() => AUDITED_ACTIONS).$type<AuditedAction>(),
    // The id of what it was done to, if anything.
    subject: p.uuid().nullable(),
    reason: p.string().length(500).nullable(),
  },
  indexes: [{ properties: ['subject', 'id'] }],
});

/** Who did what, when and why. Written in the transaction of the deed, and never changed. */
export class AuditEntry extends AuditEntrySchema.class {}
AuditEntrySchema.setClass(AuditEntry);

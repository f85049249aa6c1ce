import { defineEntity, type Opt, p } from '@mikro-orm/core';
import { Player } from './player.entity.ts';

const SessionSchema = defineEntity({
  name: 'Session',
  tableName: 'sessions',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    player: () => p.manyToOne(Player).ref().deleteRule('cascade'),
    // SHA-256 of the only valid refresh token. Any other token of this family is a reused one.
    tokenHash: p.string().length(64).hidden(),
    createdAt: p.datetime().$type<Opt<Date>>().defaultRaw('now()'),
    expiresAt: p.datetime().index(),
    revokedAt: p.datetime().nullable(),
  },
});

/** A log-in with its family of refresh tokens. */
export class Session extends SessionSchema.class {}
SessionSchema.setClass(Session);

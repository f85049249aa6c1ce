import { defineEntity, type Opt, p } from '@mikro-orm/core';
import { Player } from './player.entity.ts';

const SessionSchema = defineEntity({
  name: 'Session',
  tableName: 'sessions',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    player: () => p.manyToOne(Player).ref().deleteRule('cascade'),
    // SHA-256 of the one refresh token that is good now; any other of this family is a reused one.
    tokenHash: p.string().length(64).hidden(),
    createdAt: p.datetime().$type<Opt<Date>>().defaultRaw('now()'),
    expiresAt: p.datetime().index(),
    revokedAt: p.datetime().nullable(),
  },
});

/** One log-in: the family of refresh tokens that follow each other from it. */
export class Session extends SessionSchema.class {}
SessionSchema.setClass(Session);

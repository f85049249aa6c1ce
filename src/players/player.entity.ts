import { defineEntity, type Opt, p } from '@mikro-orm/core';

export const ROLES = ['PLAYER', 'MODERATOR'] as const;
export type Role = (typeof ROLES)[number];

const PlayerSchema = defineEntity({
  name: 'Player',
  tableName: 'players',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    // The two parts of the username, which make the next free number of a base one index look-up.
    usernameBase: p.string().length(80),
    usernameNumber: p.integer(),
    username: p.string().length(90).unique(),
    firstName: p.string().length(60),
    lastName: p.string().length(60),
    // Lower case, so that the unique constraint ignores case.
    email: p.string().length(254).unique(),
    passwordHash: p.string().length(255).hidden(),
    city: p.string().length(80),
    // The city without case and accents, by which players are grouped.
    cityKey: p.string().length(80).index(),
    country: p.string().length(60),
    role: p
      .enum(() => ROLES)
      .$type<Opt<Role>>()
      .default('PLAYER'),
    createdAt: p.datetime().$type<Opt<Date>>().defaultRaw('now()'),
  },
  uniques: [{ properties: ['usernameBase', 'usernameNumber'] }],
});

/** A user account, which uploads videos, votes, and has a rank. */
export class Player extends PlayerSchema.class {}
PlayerSchema.setClass(Player);

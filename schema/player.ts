import { findPlayer, findPlayerByUsername, type PublicPlayer } from '../src/players/find-players.ts';
import type { Player, ROLES } from '../src/players/player.entity.ts';
import { builder } from './builder.ts';
import { PUBLIC } from './cache-scope.ts';

export const PlayerType = builder.node(builder.objectRef<PublicPlayer>('Player'), {
  description: 'A registered player, who uploads videos, votes and is ranked.',
  id: { ...PUBLIC, description: 'Global id.', resolve: player => player.id },
  // Needed for the same reason as in `VideoType`.
  isTypeOf: value => typeof value === 'object' && value !== null && 'username' in value,
  loadMany: (ids, { loaders }) => ids.map(id => loaders.players.load(id)),
  fields: t => ({
    username: t.exposeString('username', {
      ...PUBLIC,
      description: 'Unique name, derived from the name at sign-up and never changed, such as `jordan.diaz2`.',
    }),
    firstName: t.exposeString('firstName', {
      ...PUBLIC,
      description: 'First name, as the player spells it.',
    }),
    lastName: t.exposeString('lastName', { ...PUBLIC, description: 'Last name, as the player spells it.' }),
    city: t.exposeString('city', {
      ...PUBLIC,
      description: 'City, as the player spells it. Comparisons of cities ignore case and accents.',
    }),
    country: t.exposeString('country', { ...PUBLIC, description: 'Country, as the player spells it.' }),
  }),
});

const RoleEnum = builder.enumType('Role', {
  description: 'The role of a player.',
  values: {
    PLAYER: { description: 'Uploads videos, votes and is ranked.' },
    MODERATOR: { description: 'Also sees and moderates all videos.' },
  } satisfies Record<(typeof ROLES)[number], unknown>,
});

export const ViewerType = builder.objectRef<Player>('Viewer').implement({
  description: 'The logged-in player, with private fields.',
  fields: t => ({
    player: t.field({
      type: PlayerType,
      description: 'The public profile of the viewer.',
      resolve: viewer => viewer,
    }),
    email: t.exposeString('email', { description: 'E-mail in lower case, visible only to the viewer.' }),
    role: t.expose('role', { type: RoleEnum, description: 'Role of the viewer.' }),
  }),
});

builder.queryField('player', t =>
  t.field({
    type: PlayerType,
    nullable: true,
    description: 'The player with a username, as in the URL of a profile; null without such a player.',
    args: { username: t.arg.string({ required: true, description: 'Username, in any case.' }) },
    resolve: (_root, { username }, { em }) => findPlayerByUsername(em, username),
  }),
);

builder.queryField('me', t =>
  t.field({
    type: ViewerType,
    nullable: true,
    description: 'The viewer; null without an access token.',
    resolve: (_root, _arguments, { em, viewer }) => viewer && findPlayer(em, viewer.playerId),
  }),
);

import { findPlayerByUsername, type PublicPlayer } from '../src/players/find-players.ts';
import { Player, type ROLES } from '../src/players/player.entity.ts';
import { builder } from './builder.ts';
import { PUBLIC } from './cache-scope.ts';

export const PlayerType = builder.node(builder.objectRef<PublicPlayer>('Player'), {
  description: 'Somebody who signed up: uploads, votes, and is ranked.',
  id: { ...PUBLIC, description: 'Global id.', resolve: player => player.id },
  // As for videos.
  isTypeOf: value => typeof value === 'object' && value !== null && 'username' in value,
  loadMany: (ids, { loaders }) => ids.map(id => loaders.players.load(id)),
  fields: t => ({
    username: t.exposeString('username', {
      ...PUBLIC,
      description: 'Unique, made from the name at sign-up, and never changed: `jordan.diaz`, `jordan.diaz2`.',
    }),
    firstName: t.exposeString('firstName', { ...PUBLIC, description: 'As the player spells it.' }),
    lastName: t.exposeString('lastName', { ...PUBLIC, description: 'As the player spells it.' }),
    city: t.exposeString('city', {
      ...PUBLIC,
      description: 'As the player spells it; matched without case and accents wherever cities are compared.',
    }),
    country: t.exposeString('country', { ...PUBLIC, description: 'As the player spells it.' }),
  }),
});

const RoleEnum = builder.enumType('Role', {
  description: 'What somebody may do besides what everybody may.',
  values: {
    PLAYER: { description: 'Uploads, votes and is ranked.' },
    MODERATOR: { description: 'Also sees every video and decides on it.' },
  } satisfies Record<(typeof ROLES)[number], unknown>,
});

export const ViewerType = builder.objectRef<Player>('Viewer').implement({
  description: 'Whoever is asking: a player as only the player is shown.',
  fields: t => ({
    player: t.field({
      type: PlayerType,
      description: 'What everybody may see of the viewer.',
      resolve: viewer => viewer,
    }),
    email: t.exposeString('email', { description: 'In lower case; shown to nobody else.' }),
    role: t.expose('role', { type: RoleEnum, description: 'What the viewer may do.' }),
  }),
});

builder.queryField('player', t =>
  t.field({
    type: PlayerType,
    nullable: true,
    description:
      'The player with a username, as it stands in the address of a profile; null when there is none.',
    args: { username: t.arg.string({ required: true, description: 'In any case.' }) },
    resolve: (_root, { username }, { em }) => findPlayerByUsername(em, username),
  }),
);

builder.queryField('me', t =>
  t.field({
    type: ViewerType,
    nullable: true,
    description: 'Whoever the access token speaks for; null without one.',
    resolve: (_root, _arguments, { em, viewer }) => viewer && em.findOne(Player, viewer.playerId),
  }),
);

import { certifyResults } from '../src/contest/results.ts';
import { InvalidInput } from '../src/platform/errors.ts';
import { findPlayerByUsername, type PublicPlayer } from '../src/players/find-players.ts';
import { Player, type ROLES } from '../src/players/player.entity.ts';
import { updateProfile } from '../src/players/update-profile.ts';
import { markTally } from '../src/rankings/player-scores.ts';
import { FOR_EVERYBODY } from './audience.ts';
import { builder } from './builder.ts';
import { viewerOf } from './context.ts';

export const PlayerType = builder.node(builder.objectRef<PublicPlayer>('Player'), {
  description: 'Somebody who signed up: uploads, votes, and is ranked.',
  id: { ...FOR_EVERYBODY, description: 'Global id.', resolve: player => player.id },
  // As for videos.
  isTypeOf: value => typeof value === 'object' && value !== null && 'username' in value,
  loadMany: (ids, { loaders }) => ids.map(id => loaders.players.load(id)),
  fields: t => ({
    username: t.exposeString('username', {
      ...FOR_EVERYBODY,
      description: 'Unique, made from the name at sign-up, and never changed: `jordan.diaz`, `jordan.diaz2`.',
    }),
    firstName: t.exposeString('firstName', { ...FOR_EVERYBODY, description: 'As the player spells it.' }),
    lastName: t.exposeString('lastName', { ...FOR_EVERYBODY, description: 'As the player spells it.' }),
    city: t.exposeString('city', {
      ...FOR_EVERYBODY,
      description: 'As the player spells it; matched without case and accents wherever cities are compared.',
    }),
    country: t.exposeString('country', { ...FOR_EVERYBODY, description: 'As the player spells it.' }),
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

const UpdateProfileInput = builder.inputType('UpdateProfileInput', {
  description: 'What to change; a field that is left out or null stays as it is.',
  fields: t => ({
    firstName: t.string({ description: '1 to 60 characters.' }),
    lastName: t.string({ description: '1 to 60 characters.' }),
    city: t.string({ description: '1 to 80 characters.' }),
    country: t.string({ description: '1 to 60 characters.' }),
  }),
});

builder.mutationField('updateProfile', t =>
  t.field({
    type: PlayerType,
    description: 'Changes what others see of the viewer. The username stays.',
    authScopes: { player: true },
    errors: { types: [InvalidInput] },
    args: { input: t.arg({ type: UpdateProfileInput, required: true, description: 'The changes.' }) },
    resolve: async (_root, { input }, context) => {
      await certifyResults(context.em, context.settings.contest);
      return updateProfile({ em: context.em, changed: markTally }, viewerOf(context).playerId, input);
    },
  }),
);

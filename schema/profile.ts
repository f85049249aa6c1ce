import { updateProfile } from '../src/contest/update-profile.ts';
import { InvalidInput } from '../src/platform/errors.ts';
import { builder } from './builder.ts';
import { requireViewer } from './context.ts';
import { PlayerType } from './player.ts';

const UpdateProfileInput = builder.inputType('UpdateProfileInput', {
  description: 'The changes of a profile. Absent and null fields stay unchanged.',
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
    description: 'Changes the public profile of the viewer, except the username.',
    authScopes: { player: true },
    errors: { types: [InvalidInput] },
    args: { input: t.arg({ type: UpdateProfileInput, required: true, description: 'The changes.' }) },
    resolve: (_root, { input }, context) =>
      updateProfile(
        { em: context.em, rules: context.settings.contest },
        requireViewer(context).playerId,
        input,
      ),
  }),
);

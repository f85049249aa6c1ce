import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { graphql } from '../../gql/gql.ts';
import { type App, startApp } from '../../kit/api/app.ts';
import { createAccountClient, createSignUpInput, requireSession } from './accounts.ts';

let app: App;
let accounts: ReturnType<typeof createAccountClient>;
beforeAll(async () => {
  app = await startApp();
  accounts = createAccountClient(app);
});
afterAll(() => app.stop());

const ME = graphql(`
  query AccountMe { me { email player { username } } }
`);
const UPDATE = graphql(`
  mutation AccountUpdate($input: UpdateProfileInput!) {
    updateProfile(input: $input) {
      __typename
      ... on Player { username firstName lastName city country }
      ... on InvalidInput { code problems { path message } }
    }
  }
`);

const signUp = async (details: Parameters<typeof createSignUpInput>[0] = {}) =>
  requireSession(await accounts.signUp(createSignUpInput(details)));

describe('signing up', () => {
  test('creates a player and a session of 60 minutes', async () => {
    const session = await signUp({
      firstName: '  Ana  María ',
      lastName: 'Peña',
      city: ' BOGOTÁ ',
      email: 'Ana@Example.com',
    });
    expect(session).toMatchObject({
      __typename: 'Session',
      tokenType: 'Bearer',
      expiresIn: 3600,
      viewer: {
        email: 'ana@example.com',
        role: 'PLAYER',
        player: { username: 'anamaria.pena', firstName: 'Ana María', city: 'BOGOTÁ', country: 'Colombia' },
      },
    });
    const { data } = await app.graphql(ME, {}, { token: session.accessToken });
    expect(data.me).toEqual({ email: 'ana@example.com', player: { username: 'anamaria.pena' } });
  });

  test('returns every problem with its field', async () => {
    const result = await accounts.signUp({
      firstName: ' ',
      lastName: 'x'.repeat(61),
      email: 'nobody',
      password: 'basketball',
      passwordConfirmation: 'baseball',
      city: '12',
      country: '\u202e',
    });
    const fields = ['firstName', 'lastName', 'city', 'country', 'email', 'password', 'passwordConfirmation'];
    expect(result).toMatchObject({
      __typename: 'InvalidInput',
      code: 'INVALID_INPUT',
      problems: fields.map(field => ({ path: [field] })),
    });
  });

  test('returns EmailTaken for an e-mail address in another case', async () => {
    const { email } = (await signUp()).viewer;
    expect(await accounts.signUp(createSignUpInput({ email: ` ${email.toUpperCase()}` }))).toMatchObject({
      __typename: 'EmailTaken',
      code: 'EMAIL_TAKEN',
      message: 'An account with this e-mail already exists.',
    });
  });

  test('accepts one of 12 concurrent sign-ups with the same e-mail address', async () => {
    const input = createSignUpInput();
    const results = await Promise.all(Array.from({ length: 12 }, () => accounts.signUp(input)));
    const outcomes = results.map(result => result.__typename).sort();
    expect(outcomes).toEqual([...Array.from({ length: 11 }, () => 'EmailTaken'), 'Session']);
  });

  test('numbers the usernames of 50 concurrent sign-ups with the same name without gaps', async () => {
    const results = await Promise.all(
      Array.from({ length: 50 }, () => signUp({ firstName: 'Nikola', lastName: 'Jokić' })),
    );
    const usernames = results.map(result => result.viewer.player.username);
    const expected = Array.from({ length: 50 }, (_, index) => `nikola.jokic${index === 0 ? '' : index + 1}`);
    expect(usernames.sort()).toEqual(expected.sort());
  });
});

describe('logging in', () => {
  test('accepts the e-mail address in any case', async () => {
    const { email, password } = await app.signUp();
    expect(await accounts.logIn(email.toUpperCase(), password)).toMatchObject({
      __typename: 'Session',
      viewer: { email },
    });
  });

  test('returns the same response in similar time for a wrong password and an unknown e-mail address', async () => {
    const players = await Promise.all([1, 2, 3].map(() => app.signUp()));
    const results = new Set<string>();
    const measureLogIn = async (email: string) => {
      const start = performance.now();
      results.add(JSON.stringify(await accounts.logIn(email, 'not the password')));
      return performance.now() - start;
    };

    const wrong: number[] = [];
    const unknownEmail: number[] = [];
    // Alternates so that a busy machine slows both equally; stays below the limit of failures.
    for (let round = 0; round < 6; round += 1) {
      for (const { email } of players) {
        wrong.push(await measureLogIn(email));
        unknownEmail.push(await measureLogIn(`nobody.${email}`));
      }
    }

    expect([...results]).toHaveLength(1);
    expect([...results][0]).toContain('BadCredentials');
    const ratio = median(unknownEmail) / median(wrong);
    expect(ratio).toBeGreaterThan(0.6);
    expect(ratio).toBeLessThan(1.6);
  });

  test('returns BadCredentials for an e-mail address with a NUL character', async () => {
    expect(await accounts.logIn('nul\0@example.com', 'any')).toMatchObject({ __typename: 'BadCredentials' });
  });
});

describe('a profile', () => {
  test('changes only the given fields and keeps the username', async () => {
    const { accessToken, viewer } = await signUp({ firstName: 'Becky', lastName: 'Hammon' });
    const input = { city: ' Santa  Marta ', lastName: 'Hammon López', country: null };
    const { data } = await app.graphql(UPDATE, { input }, { token: accessToken });
    expect(data.updateProfile).toEqual({
      __typename: 'Player',
      username: viewer.player.username,
      firstName: 'Becky',
      lastName: 'Hammon López',
      city: 'Santa Marta',
      country: 'Colombia',
    });
  });

  test('does not change if a field is invalid', async () => {
    const { accessToken } = await signUp({ firstName: 'Dirk', lastName: 'Nowitzki' });
    const input = { firstName: 'Steve', city: '' };
    const rejected = await app.graphql(UPDATE, { input }, { token: accessToken });
    expect(rejected.data.updateProfile).toMatchObject({
      __typename: 'InvalidInput',
      problems: [{ path: ['city'] }],
    });
    const { data } = await app.graphql(UPDATE, { input: {} }, { token: accessToken });
    expect(data.updateProfile).toMatchObject({ firstName: 'Dirk', city: 'Bogotá' });
  });

  test('cannot be changed without a token', async () => {
    const { errors } = await app.graphql(UPDATE, { input: { city: 'Cali' } });
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });
});

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

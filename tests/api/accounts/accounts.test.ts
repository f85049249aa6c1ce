import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { graphql } from '../../gql/gql.ts';
import { type App, startApp } from '../../kit/api/app.ts';
import { accountsOf, person, sessionIn } from './accounts.ts';

let app: App;
let accounts: ReturnType<typeof accountsOf>;
beforeAll(async () => {
  app = await startApp();
  accounts = accountsOf(app);
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

const signUp = async (details: Parameters<typeof person>[0] = {}) =>
  sessionIn(await accounts.signUp(person(details)));

describe('signing up', () => {
  test('makes a player and logs them in, for the 60 minutes that the token says', async () => {
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

  test('tells all that is wrong at once, field by field', async () => {
    const answer = await accounts.signUp({
      firstName: ' ',
      lastName: 'x'.repeat(61),
      email: 'nobody',
      password: 'basketball',
      passwordConfirmation: 'baseball',
      city: '12',
      country: '\u202e',
    });
    const fields = ['firstName', 'lastName', 'city', 'country', 'email', 'password', 'passwordConfirmation'];
    expect(answer).toMatchObject({
      __typename: 'InvalidInput',
      code: 'INVALID_INPUT',
      problems: fields.map(field => ({ path: [field] })),
    });
  });

  test('refuses an e-mail that is taken, whatever its case', async () => {
    const { email } = (await signUp()).viewer;
    expect(await accounts.signUp(person({ email: ` ${email.toUpperCase()}` }))).toMatchObject({
      __typename: 'EmailTaken',
      code: 'EMAIL_TAKEN',
      message: 'Somebody has already signed up with this e-mail.',
    });
  });

  test('gives one e-mail to one of those who ask for it at the same time', async () => {
    const input = person();
    const answers = await Promise.all(Array.from({ length: 12 }, () => accounts.signUp(input)));
    const outcomes = answers.map(answer => answer.__typename).sort();
    expect(outcomes).toEqual([...Array.from({ length: 11 }, () => 'EmailTaken'), 'Session']);
  });

  test('gives fifty namesakes at the same time a username each, without a gap', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => signUp({ firstName: 'Nikola', lastName: 'Jokić' })),
    );
    const usernames = answers.map(answer => answer.viewer.player.username);
    const expected = Array.from({ length: 50 }, (_, index) => `nikola.jokic${index === 0 ? '' : index + 1}`);
    expect(usernames.sort()).toEqual(expected.sort());
  });
});

describe('logging in', () => {
  test('takes the e-mail in any case', async () => {
    const { email, password } = await app.signUp();
    expect(await accounts.logIn(email.toUpperCase(), password)).toMatchObject({
      __typename: 'Session',
      viewer: { email },
    });
  });

  test('answers a wrong password and an unknown e-mail alike, in words and in time', async () => {
    const players = await Promise.all([1, 2, 3].map(() => app.signUp()));
    const answers = new Set<string>();
    const timed = async (email: string) => {
      const start = performance.now();
      answers.add(JSON.stringify(await accounts.logIn(email, 'not the password')));
      return performance.now() - start;
    };

    const wrong: number[] = [];
    const unknown: number[] = [];
    // In turns, so that a busy machine slows both alike; fewer than the failures an account may have.
    for (let round = 0; round < 6; round += 1) {
      for (const { email } of players) {
        wrong.push(await timed(email));
        unknown.push(await timed(`nobody.${email}`));
      }
    }

    expect([...answers]).toHaveLength(1);
    expect([...answers][0]).toContain('BadCredentials');
    const ratio = median(unknown) / median(wrong);
    expect(ratio).toBeGreaterThan(0.6);
    expect(ratio).toBeLessThan(1.6);
  });

  test('survives an e-mail that Postgres can not hold', async () => {
    expect(await accounts.logIn('nul\0@example.com', 'any')).toMatchObject({ __typename: 'BadCredentials' });
  });
});

describe('a profile', () => {
  test('changes where it is told to, and the username stays', async () => {
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

  test('stays as it was when a change breaks a rule', async () => {
    const { accessToken } = await signUp({ firstName: 'Dirk', lastName: 'Nowitzki' });
    const input = { firstName: 'Steve', city: '' };
    const refused = await app.graphql(UPDATE, { input }, { token: accessToken });
    expect(refused.data.updateProfile).toMatchObject({
      __typename: 'InvalidInput',
      problems: [{ path: ['city'] }],
    });
    const { data } = await app.graphql(UPDATE, { input: {} }, { token: accessToken });
    expect(data.updateProfile).toMatchObject({ firstName: 'Dirk', city: 'Bogotá' });
  });

  test('is for its owner to change', async () => {
    const { errors } = await app.graphql(UPDATE, { input: { city: 'Cali' } });
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });
});

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

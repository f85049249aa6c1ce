import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type App, startApp, withoutRedis } from '../../kit/api/app.ts';
import { createAccountClient } from './accounts.ts';

let app: App;
let logIn: ReturnType<typeof createAccountClient>['logIn'];
beforeAll(async () => {
  app = await startApp({ LOG_IN_ATTEMPTS: '8', LOG_IN_ATTEMPTS_PER_ADDRESS: '1000' });
  logIn = createAccountClient(app).logIn;
});
afterAll(() => app.stop());

async function tryGuesses(guesses: number, email: string): Promise<string[]> {
  const outcomes: string[] = [];
  for (let guess = 0; guess < guesses; guess += 1) outcomes.push((await logIn(email, 'a guess')).__typename);
  return outcomes;
}

const EIGHT_GUESSES = Array.from({ length: 8 }, () => 'BadCredentials');

test('returns TooManyAttempts with a delay after LOG_IN_ATTEMPTS failures, also with concurrent and aliased log-ins', async () => {
  const { email, password } = await app.signUp();
  const aliases = Array.from({ length: 10 }, (_, n) => `g${n}: logIn(input: $input) { __typename }`);
  const document = `mutation ($input: LogInInput!) { ${aliases.join(' ')} }`;
  const input = { email, password: 'a guess' };
  const responses = await Promise.all(
    [1, 2, 3].map(() => app.graphql<Record<string, { __typename: string }>>(document, { input })),
  );
  const outcomes = responses.flatMap(({ data }) => Object.values(data));
  expect(outcomes.filter(({ __typename }) => __typename === 'BadCredentials')).toHaveLength(8);
  expect(outcomes.filter(({ __typename }) => __typename === 'TooManyAttempts')).toHaveLength(22);

  const right = await logIn(email, password);
  expect(right).toMatchObject({ __typename: 'TooManyAttempts', code: 'TOO_MANY_ATTEMPTS' });
  const seconds = 'retryAfterSeconds' in right ? right.retryAfterSeconds : Number.NaN;
  expect(seconds).toBeGreaterThan(800);
  expect(seconds).toBeLessThanOrEqual(900);
  expect(right).toMatchObject({ message: expect.stringContaining(String(seconds)) });
});

test('applies to unknown e-mail addresses, in any case', async () => {
  const email = `${randomUUID()}@example.com`;
  expect(await tryGuesses(8, email)).toEqual(EIGHT_GUESSES);
  expect(await tryGuesses(1, email.toUpperCase())).toEqual(['TooManyAttempts']);
});

test('resets the failures of an account after a successful log-in', async () => {
  const { email, password } = await app.signUp();
  for (let round = 0; round < 2; round += 1) {
    await tryGuesses(7, email);
    expect(await logIn(email, password)).toMatchObject({ __typename: 'Session' });
  }
});

test('counts failures while Redis is unavailable', async () => {
  const { email } = await app.signUp();
  const outcomes = await withoutRedis(app, () => tryGuesses(9, email));
  expect(outcomes).toEqual([...EIGHT_GUESSES, 'TooManyAttempts']);
});

test('limits the failures of an address across accounts; a success neither counts nor resets', async () => {
  const limitedApp = await startApp({ LOG_IN_ATTEMPTS_PER_ADDRESS: '5' });
  try {
    const { email, password } = await limitedApp.signUp();
    const { logIn } = createAccountClient(limitedApp);
    const succeed = async (times: number) => {
      for (let time = 0; time < times; time += 1) {
        expect(await logIn(email, password)).toMatchObject({ __typename: 'Session' });
      }
    };
    const fail = async (times: number) => {
      for (let time = 0; time < times; time += 1) {
        const outcome = await logIn(`${randomUUID()}@example.com`, password);
        expect(outcome).toMatchObject({ __typename: 'BadCredentials' });
      }
    };
    await succeed(7);
    await fail(4);
    await succeed(1);
    await fail(1);
    expect(await logIn(email, password)).toMatchObject({ __typename: 'TooManyAttempts' });
  } finally {
    await limitedApp.stop();
  }
});

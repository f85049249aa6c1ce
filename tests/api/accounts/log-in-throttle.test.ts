import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type App, startApp, withoutRedis } from '../../kit/api/app.ts';
import { accountsOf } from './accounts.ts';

let app: App;
let logIn: ReturnType<typeof accountsOf>['logIn'];
beforeAll(async () => {
  app = await startApp({ LOG_IN_ATTEMPTS: '8', LOG_IN_ATTEMPTS_PER_ADDRESS: '1000' });
  logIn = accountsOf(app).logIn;
});
afterAll(() => app.stop());

async function outcomesOf(guesses: number, email: string): Promise<string[]> {
  const outcomes: string[] = [];
  for (let guess = 0; guess < guesses; guess += 1) outcomes.push((await logIn(email, 'a guess')).__typename);
  return outcomes;
}

const EIGHT_GUESSES = Array.from({ length: 8 }, () => 'BadCredentials');

test('stops guessing after as many failures as are allowed, also at the same time and under aliases, and says for how long', async () => {
  const { email, password } = await app.signUp();
  const aliases = Array.from({ length: 10 }, (_, n) => `g${n}: logIn(input: $input) { __typename }`);
  const document = `mutation ($input: LogInInput!) { ${aliases.join(' ')} }`;
  const input = { email, password: 'a guess' };
  const answers = await Promise.all(
    [1, 2, 3].map(() => app.graphql<Record<string, { __typename: string }>>(document, { input })),
  );
  const outcomes = answers.flatMap(({ data }) => Object.values(data));
  expect(outcomes.filter(({ __typename }) => __typename === 'BadCredentials')).toHaveLength(8);
  expect(outcomes.filter(({ __typename }) => __typename === 'TooManyAttempts')).toHaveLength(22);

  const right = await logIn(email, password);
  expect(right).toMatchObject({ __typename: 'TooManyAttempts', code: 'TOO_MANY_ATTEMPTS' });
  const seconds = 'retryAfterSeconds' in right ? right.retryAfterSeconds : Number.NaN;
  expect(seconds).toBeGreaterThan(800);
  expect(seconds).toBeLessThanOrEqual(900);
  expect(right).toMatchObject({ message: expect.stringContaining(String(seconds)) });
});

test('locks an unknown e-mail after as many failures as a known one, in any case', async () => {
  const email = `${randomUUID()}@example.com`;
  expect(await outcomesOf(8, email)).toEqual(EIGHT_GUESSES);
  expect(await outcomesOf(1, email.toUpperCase())).toEqual(['TooManyAttempts']);
});

test('forgets the failures of an account once its owner has logged in', async () => {
  const { email, password } = await app.signUp();
  for (let round = 0; round < 2; round += 1) {
    await outcomesOf(7, email);
    expect(await logIn(email, password)).toMatchObject({ __typename: 'Session' });
  }
});

test('counts on while Redis is away', async () => {
  const { email } = await app.signUp();
  const outcomes = await withoutRedis(app, () => outcomesOf(9, email));
  expect(outcomes).toEqual([...EIGHT_GUESSES, 'TooManyAttempts']);
});

test('stops an address that fails for many accounts; a success is not counted, and takes back no failure', async () => {
  const door = await startApp({ LOG_IN_ATTEMPTS_PER_ADDRESS: '5' });
  try {
    const { email, password } = await door.signUp();
    const { logIn } = accountsOf(door);
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
    await door.stop();
  }
});

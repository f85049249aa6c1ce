import { afterAll, beforeAll, expect, test } from 'vitest';
import { graphql } from '../../gql/gql.ts';
import { type App, startApp } from '../../kit/api/app.ts';
import { reachesRedis } from '../../kit/contest/create-users.ts';
import { countKinds } from '../../kit/contest/votes.ts';
import { person } from './accounts.ts';

const SIGN_UP = graphql(`
  mutation LimitedSignUp($input: SignUpInput!) {
    signUp(input: $input) {
      __typename
      ... on Error { code message }
      ... on TooManyAttempts { retryAfterSeconds }
    }
  }
`);

let app: App;
beforeAll(async () => {
  app = await startApp({ SIGN_UPS_PER_HOUR: '3', TRUSTED_PROXIES: '127.0.0.1' });
  // Until then sign-ups are counted in memory.
  await reachesRedis(app);
});
afterAll(() => app?.stop());

const signUpFrom = async (address: string, details = {}) => {
  const headers = { 'x-forwarded-for': address };
  return (await app.graphql(SIGN_UP, { input: person(details) }, { headers })).data.signUp;
};

test('of many sign-ups at once from one network only so many an hour succeed, and the others learn how long to wait', async () => {
  const answers = await Promise.all(Array.from({ length: 6 }, () => signUpFrom('203.0.113.9')));
  expect(countKinds(answers)).toEqual({ Session: 3, TooManyAttempts: 3 });
  const refused = answers.find(({ __typename }) => __typename === 'TooManyAttempts');
  expect(refused).toMatchObject({ code: 'TOO_MANY_ATTEMPTS', message: expect.any(String) });
  const seconds = refused && 'retryAfterSeconds' in refused ? refused.retryAfterSeconds : Number.NaN;
  expect(seconds).toBeGreaterThan(3500);
  expect(seconds).toBeLessThanOrEqual(3600);
  expect(await signUpFrom('203.0.113.10')).toMatchObject({ __typename: 'Session' });
});

test('an input that is refused costs nothing, and a whole IPv6 subscriber is one network', async () => {
  for (let n = 0; n < 5; n += 1) {
    expect(await signUpFrom('2001:db8:1:2::1', { city: '' })).toMatchObject({ __typename: 'InvalidInput' });
  }
  for (const host of ['1', '2', '3']) {
    expect(await signUpFrom(`2001:db8:1:2::${host}`)).toMatchObject({ __typename: 'Session' });
  }
  expect(await signUpFrom('2001:db8:1:2:ffff::9')).toMatchObject({ __typename: 'TooManyAttempts' });
  expect(await signUpFrom('2001:db8:1:3::1')).toMatchObject({ __typename: 'Session' });
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { graphql } from '../../gql/gql.ts';
import { type App, startApp } from '../../kit/api/app.ts';
import { countByTypename } from '../../kit/contest/votes.ts';
import { waitForRedis } from '../../kit/contest/waits.ts';
import { createSignUpInput } from './accounts.ts';

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
  // Sign-ups are counted in memory until Redis is connected.
  await waitForRedis(app);
});
afterAll(() => app?.stop());

const signUpFrom = async (address: string, details = {}) => {
  const headers = { 'x-forwarded-for': address };
  return (await app.graphql(SIGN_UP, { input: createSignUpInput(details) }, { headers })).data.signUp;
};

test('accepts SIGN_UPS_PER_HOUR of 6 concurrent sign-ups from a network and returns TooManyAttempts with a delay for the others', async () => {
  const results = await Promise.all(Array.from({ length: 6 }, () => signUpFrom('203.0.113.9')));
  expect(countByTypename(results)).toEqual({ Session: 3, TooManyAttempts: 3 });
  const rejected = results.find(({ __typename }) => __typename === 'TooManyAttempts');
  expect(rejected).toMatchObject({ code: 'TOO_MANY_ATTEMPTS', message: expect.any(String) });
  const seconds = rejected && 'retryAfterSeconds' in rejected ? rejected.retryAfterSeconds : Number.NaN;
  expect(seconds).toBeGreaterThan(3500);
  expect(seconds).toBeLessThanOrEqual(3600);
  expect(await signUpFrom('203.0.113.10')).toMatchObject({ __typename: 'Session' });
});

test('does not count invalid input, and counts an IPv6 /64 as one network', async () => {
  for (let n = 0; n < 5; n += 1) {
    expect(await signUpFrom('2001:db8:1:2::1', { city: '' })).toMatchObject({ __typename: 'InvalidInput' });
  }
  for (const host of ['1', '2', '3']) {
    expect(await signUpFrom(`2001:db8:1:2::${host}`)).toMatchObject({ __typename: 'Session' });
  }
  expect(await signUpFrom('2001:db8:1:2:ffff::9')).toMatchObject({ __typename: 'TooManyAttempts' });
  expect(await signUpFrom('2001:db8:1:3::1')).toMatchObject({ __typename: 'Session' });
});

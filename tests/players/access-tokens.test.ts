import { createHmac, hkdfSync, randomUUID } from 'node:crypto';
import { decodeProtectedHeader } from 'jose';
import { expect, test } from 'vitest';
import { type AccessTokens, createAccessTokens } from '../../src/players/access-tokens.ts';

const secret = 'a secret of the test that is long enough';
const identity = { playerId: randomUUID(), sessionId: randomUUID() };
const tokens = createAccessTokens({ secrets: [secret], accessTokenSeconds: 3600 });

const rightKey = Buffer.from(hkdfSync('sha256', secret, '', 'anb-rising-stars/access-tokens/v1', 32));

const kidOf = async (from: AccessTokens) => decodeProtectedHeader(await from.issue(identity)).kid ?? '';

/** A token as another implementation would make it, signed with the right key unless another is given. */
function forge(header: { alg: string; typ: string; kid?: string }, claims: object, key = rightKey) {
  const parts = [header, claims]
    .map(part => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const digest = header.alg === 'HS512' ? 'sha512' : 'sha256';
  return `${parts}.${createHmac(digest, key).update(parts).digest('base64url')}`;
}

const header = { alg: 'HS256', typ: 'at+jwt', kid: await kidOf(tokens) };
const nowSeconds = Math.floor(Date.now() / 1000);
const claims = {
  iss: 'anb-rising-stars',
  aud: 'anb-rising-stars/api',
  sub: identity.playerId,
  sid: identity.sessionId,
  exp: nowSeconds + 60,
};

test('a token speaks for its player and session until it ends', async () => {
  const now = new Date('2026-06-01T12:00:00.500Z');
  const clock = () => now;
  const at = createAccessTokens({ secrets: [secret], accessTokenSeconds: 3600 }, clock);
  expect(await at.verify(await at.issue(identity))).toEqual({
    ...identity,
    expiresAt: new Date('2026-06-01T13:00:00Z'),
  });
});

test('a token made elsewhere with the same key and claims is good, so that the refusals below are for what they name', async () => {
  expect(await tokens.verify(forge(header, claims))).toMatchObject(identity);
});

test.each([
  [
    'without a signature',
    `${forge({ ...header, alg: 'none' }, claims)
      .split('.')
      .slice(0, 2)
      .join('.')}.`,
  ],
  ['that claims to need none', forge({ ...header, alg: 'none' }, claims)],
  ['of another algorithm', forge({ ...header, alg: 'HS512' }, claims)],
  ['signed with another key', forge(header, claims, Buffer.alloc(32))],
  ['signed with the secret itself', forge(header, claims, Buffer.from(secret))],
  ['of a key that is not ours', forge({ ...header, kid: 'elsewhere' }, claims)],
  ['of no key in particular', forge({ alg: header.alg, typ: header.typ }, claims)],
  ['of another type', forge({ ...header, typ: 'JWT' }, claims)],
  ['for another audience', forge(header, { ...claims, aud: 'elsewhere' })],
  ['from another issuer', forge(header, { ...claims, iss: 'elsewhere' })],
  ['without an end', forge(header, { ...claims, exp: undefined })],
  ['without a session', forge(header, { ...claims, sid: undefined })],
  ['whose player is no id', forge(header, { ...claims, sub: "' or true" })],
  ['that is none at all', 'nonsense'],
  ['that is empty', ''],
])('refuses a token %s', async (_, token) => {
  await expect(tokens.verify(token)).rejects.toMatchObject({ name: 'InvalidAccessToken', reason: 'INVALID' });
});

test('refuses a token whose claims were changed', async () => {
  const [head, , signature] = (await tokens.issue(identity)).split('.');
  const changed = Buffer.from(JSON.stringify({ ...claims, sub: randomUUID() })).toString('base64url');
  await expect(tokens.verify([head, changed, signature].join('.'))).rejects.toMatchObject({
    reason: 'INVALID',
  });
});

test('refuses a token from the very second it ends', async () => {
  const issuedAt = new Date('2026-06-01T12:00:00Z');
  const token = await createAccessTokens({ secrets: [secret], accessTokenSeconds: 60 }, () => issuedAt).issue(
    identity,
  );
  const verifyAt = (instant: string) =>
    createAccessTokens({ secrets: [secret], accessTokenSeconds: 60 }, () => new Date(instant)).verify(token);
  await expect(verifyAt('2026-06-01T12:00:59.999Z')).resolves.toMatchObject(identity);
  await expect(verifyAt('2026-06-01T12:01:00Z')).rejects.toMatchObject({ reason: 'EXPIRED' });
});

test('a new secret signs from the moment it comes first, and the tokens of the old one live on beside it', async () => {
  const between = createAccessTokens({ secrets: ['the new secret', secret], accessTokenSeconds: 60 });
  const after = createAccessTokens({ secrets: ['the new secret'], accessTokenSeconds: 60 });
  const [older, newer] = [await tokens.issue(identity), await between.issue(identity)];
  await expect(between.verify(older)).resolves.toMatchObject(identity);
  await expect(after.verify(newer)).resolves.toMatchObject(identity);
  await expect(after.verify(older)).rejects.toMatchObject({ reason: 'INVALID' });
  await expect(tokens.verify(newer)).rejects.toMatchObject({ reason: 'INVALID' });
  expect(await kidOf(between)).not.toBe(header.kid);
  expect(newer + older).not.toContain(Buffer.from(secret).toString('base64url'));
});

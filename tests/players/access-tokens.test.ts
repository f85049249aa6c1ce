import { createHmac, hkdfSync, randomUUID } from 'node:crypto';
import { decodeProtectedHeader } from 'jose';
import { expect, test } from 'vitest';
import { type AccessTokens, createAccessTokens } from '../../src/players/access-tokens.ts';

const secret = 'a secret of the test that is long enough';
const tokenClaims = { playerId: randomUUID(), sessionId: randomUUID() };
const tokens = createAccessTokens({ secrets: [secret], accessTokenSeconds: 3600 });

const signingKey = Buffer.from(hkdfSync('sha256', secret, '', 'anb-rising-stars/access-tokens/v1', 32));

const readKid = async (from: AccessTokens) => decodeProtectedHeader(await from.issue(tokenClaims)).kid ?? '';

/** Encodes and signs a token without the product's code; with the correct key by default. */
function encodeToken(header: { alg: string; typ: string; kid?: string }, claims: object, key = signingKey) {
  const parts = [header, claims]
    .map(part => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const digest = header.alg === 'HS512' ? 'sha512' : 'sha256';
  return `${parts}.${createHmac(digest, key).update(parts).digest('base64url')}`;
}

const header = { alg: 'HS256', typ: 'at+jwt', kid: await readKid(tokens) };
const nowSeconds = Math.floor(Date.now() / 1000);
const claims = {
  iss: 'anb-rising-stars',
  aud: 'anb-rising-stars/api',
  sub: tokenClaims.playerId,
  sid: tokenClaims.sessionId,
  exp: nowSeconds + 60,
};

test('verify returns the player, the session and the expiry of an issued token', async () => {
  const now = new Date('2026-06-01T12:00:00.500Z');
  const clock = () => now;
  const at = createAccessTokens({ secrets: [secret], accessTokenSeconds: 3600 }, clock);
  expect(await at.verify(await at.issue(tokenClaims))).toEqual({
    ...tokenClaims,
    expiresAt: new Date('2026-06-01T13:00:00Z'),
  });
});

test('verify accepts a token of another implementation with the same key and claims', async () => {
  expect(await tokens.verify(encodeToken(header, claims))).toMatchObject(tokenClaims);
});

test.each([
  [
    'without a signature',
    `${encodeToken({ ...header, alg: 'none' }, claims)
      .split('.')
      .slice(0, 2)
      .join('.')}.`,
  ],
  ['with a signature and the algorithm none', encodeToken({ ...header, alg: 'none' }, claims)],
  ['with another algorithm', encodeToken({ ...header, alg: 'HS512' }, claims)],
  ['signed with another key', encodeToken(header, claims, Buffer.alloc(32))],
  ['signed with the secret itself', encodeToken(header, claims, Buffer.from(secret))],
  ['with an unknown key id', encodeToken({ ...header, kid: 'elsewhere' }, claims)],
  ['without a key id', encodeToken({ alg: header.alg, typ: header.typ }, claims)],
  ['of another type', encodeToken({ ...header, typ: 'JWT' }, claims)],
  ['for another audience', encodeToken(header, { ...claims, aud: 'elsewhere' })],
  ['from another issuer', encodeToken(header, { ...claims, iss: 'elsewhere' })],
  ['without an expiry', encodeToken(header, { ...claims, exp: undefined })],
  ['without a session', encodeToken(header, { ...claims, sid: undefined })],
  ['whose player id is not a UUID', encodeToken(header, { ...claims, sub: "' or true" })],
  ['that is not a JWT', 'nonsense'],
  ['that is empty', ''],
])('verify rejects a token %s', async (_, token) => {
  await expect(tokens.verify(token)).rejects.toMatchObject({ name: 'InvalidAccessToken', reason: 'INVALID' });
});

test('verify rejects a token with modified claims', async () => {
  const [head, , signature] = (await tokens.issue(tokenClaims)).split('.');
  const changed = Buffer.from(JSON.stringify({ ...claims, sub: randomUUID() })).toString('base64url');
  await expect(tokens.verify([head, changed, signature].join('.'))).rejects.toMatchObject({
    reason: 'INVALID',
  });
});

test('verify rejects a token from the second of its expiry', async () => {
  const issuedAt = new Date('2026-06-01T12:00:00Z');
  const token = await createAccessTokens({ secrets: [secret], accessTokenSeconds: 60 }, () => issuedAt).issue(
    tokenClaims,
  );
  const verifyAt = (instant: string) =>
    createAccessTokens({ secrets: [secret], accessTokenSeconds: 60 }, () => new Date(instant)).verify(token);
  await expect(verifyAt('2026-06-01T12:00:59.999Z')).resolves.toMatchObject(tokenClaims);
  await expect(verifyAt('2026-06-01T12:01:00Z')).rejects.toMatchObject({ reason: 'EXPIRED' });
});

test('a rotated secret signs new tokens while tokens of the old secret stay valid', async () => {
  const between = createAccessTokens({ secrets: ['the new secret', secret], accessTokenSeconds: 60 });
  const after = createAccessTokens({ secrets: ['the new secret'], accessTokenSeconds: 60 });
  const [older, newer] = [await tokens.issue(tokenClaims), await between.issue(tokenClaims)];
  await expect(between.verify(older)).resolves.toMatchObject(tokenClaims);
  await expect(after.verify(newer)).resolves.toMatchObject(tokenClaims);
  await expect(after.verify(older)).rejects.toMatchObject({ reason: 'INVALID' });
  await expect(tokens.verify(newer)).rejects.toMatchObject({ reason: 'INVALID' });
  expect(await readKid(between)).not.toBe(header.kid);
  expect(newer + older).not.toContain(Buffer.from(secret).toString('base64url'));
});

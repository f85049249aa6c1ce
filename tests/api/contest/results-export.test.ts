import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AuditEntry } from '../../../src/audit/audit-entry.entity.ts';
import { appointModerator } from '../../../src/moderation/appoint-moderator.ts';
import { type App, startApp } from '../../kit/api/app.ts';
import type { TestPlayer } from '../../kit/api/client.ts';
import { toRowId } from '../../kit/contest/to-row-id.ts';
import { insertVideo } from '../../kit/contest/videos.ts';

const HEADER =
  'city,position,playerId,username,votes,reachedAt,decidedBy,certifiedAt,firstName,lastName,email,playerGlobalId';
const SITE = 'https://moderators.example.com';

let app: App;
let moderator: TestPlayer;
let player: TestPlayer;

beforeAll(async () => {
  app = await startApp({ CORS_ORIGINS: SITE });
  [moderator, player] = await Promise.all([app.signUp(), app.signUp()]);
  await appointModerator({ em: app.database.em.fork() }, moderator.email);
});
afterAll(() => app.stop());

const fetchResults = (format: string, token?: string, method = 'GET') =>
  fetch(`${app.url}/exports/results.${format}`, {
    method,
    headers: token ? { authorization: `Bearer ${token}` } : {},
  });

/** Creates a player of a city with a published video and one vote from another player. */
async function createCandidate(city: string, details: { firstName?: string } = {}): Promise<TestPlayer> {
  const [owner, voter] = await Promise.all([app.signUp({ city, ...details }), app.signUp()]);
  const videoId = await insertVideo(app.database, owner, { status: 'PROCESSED' });
  const query = 'mutation ($videoId: ID!) { castVote(videoId: $videoId) { __typename } }';
  const { data } = await app.graphql(query, { videoId }, voter);
  expect(data).toEqual({ castVote: { __typename: 'Video' } });
  return owner;
}

const findExportEntries = () => app.database.em.fork().find(AuditEntry, { action: 'EXPORT_RESULTS' });

describe('the results export before the voting ends', () => {
  test.each(['csv', 'json'])('returns 409 with VOTING_NOT_OVER for results.%s', async format => {
    const response = await fetchResults(format, moderator.token);
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({ code: 'VOTING_NOT_OVER' });
    expect(await findExportEntries()).toEqual([]);
  });
});

describe('access to the results export', () => {
  test('returns 401 with WWW-Authenticate: Bearer without a token', async () => {
    const response = await fetchResults('csv');
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(await response.json()).toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  test('returns 401 for an invalid token', async () => {
    const response = await fetchResults('csv', `${moderator.token}x`);
    expect(response.status).toBe(401);
  });

  test('returns 403 for a player', async () => {
    const response = await fetchResults('json', player.token);
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ code: 'FORBIDDEN' });
  });

  test('returns 404 for other formats and 405 for other methods', async () => {
    expect((await fetchResults('xml', moderator.token)).status).toBe(404);
    const posted = await fetchResults('csv', moderator.token, 'POST');
    expect(posted.status).toBe(405);
    expect(posted.headers.get('allow')).toBe('GET');
  });
});

describe('a page of another origin', () => {
  const request = (origin: string, method: string, headers: Record<string, string> = {}) =>
    fetch(`${app.url}/exports/results.csv`, { method, headers: { origin, ...headers } });

  test('may fetch the file if CORS_ORIGINS lists its origin', async () => {
    const preflight = await request(SITE, 'OPTIONS', {
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'authorization',
    });
    expect(preflight.status).toBe(204);
    expect(Object.fromEntries(preflight.headers)).toMatchObject({
      'access-control-allow-origin': SITE,
      'access-control-allow-methods': 'GET',
      'access-control-allow-headers': expect.stringContaining('authorization'),
      vary: expect.stringMatching(/origin/i),
    });
    const response = await request(SITE, 'GET', { authorization: `Bearer ${moderator.token}` });
    expect(response.headers.get('access-control-allow-origin')).toBe(SITE);
  });

  test('receives no CORS headers otherwise', async () => {
    const foreignSite = 'https://example.net';
    const preflight = await request(foreignSite, 'OPTIONS', { 'access-control-request-method': 'GET' });
    expect(preflight.status).toBe(405);
    for (const { headers } of [preflight, await request(foreignSite, 'GET')]) {
      expect(headers.has('access-control-allow-origin')).toBe(false);
      expect(headers.get('vary')).toMatch(/origin/i);
    }
  });
});

describe('the results export after the voting ends', () => {
  const FORMULA = '=HYPERLINK("http://example.com","Cali")';
  let owners: Record<'accents' | 'quotes' | 'formula' | 'sign', TestPlayer>;

  beforeAll(async () => {
    owners = {
      accents: await createCandidate('Bogotá'),
      quotes: await createCandidate('Cali, "la Sultana"'),
      formula: await createCandidate(FORMULA, { firstName: 'Ana-María' }),
      sign: await createCandidate('Pasto', { firstName: '-Zoe' }),
    };
    const query =
      'mutation { closeContest(reason: "The final is tomorrow") { ... on Contest { phase } __typename } }';
    const { data } = await app.graphql(query, {}, moderator);
    expect(data).toMatchObject({ closeContest: { phase: 'CLOSED' } });
  });

  test('returns the winners as JSON, as an uncached attachment', async () => {
    const response = await fetchResults('json', moderator.token);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'content-disposition': 'attachment; filename="results.json"',
      'cache-control': 'no-store',
    });
    const winners = await response.json();
    expect(winners).toHaveLength(4);
    expect(winners).toContainEqual({
      city: FORMULA,
      position: 1,
      playerId: toRowId(owners.formula.id),
      username: owners.formula.username,
      votes: 1,
      reachedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      decidedBy: 'ONLY_CANDIDATE',
      certifiedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      firstName: 'Ana-María',
      lastName: 'Díaz',
      email: owners.formula.email,
      playerGlobalId: owners.formula.id,
    });
  });

  test('returns the winners as CSV with accents and quotes, and escapes formulas', async () => {
    const response = await fetchResults('csv', moderator.token);
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="results.csv"');
    const lines = (await response.text()).split('\r\n');
    expect(lines[0]).toBe(HEADER);
    expect(lines.slice(1, -1).map(line => line.slice(0, line.indexOf(`,1,0`)))).toEqual(
      expect.arrayContaining([
        'Bogotá',
        '"Cali, ""la Sultana"""',
        `"'=HYPERLINK(""http://example.com"",""Cali"")"`,
      ]),
    );
    const expectedFields = [`'-Zoe`, 'Díaz', owners.sign.email, owners.sign.id];
    expect(
      lines
        .find(line => line.startsWith('Pasto,'))
        ?.split(',')
        .slice(-4),
    ).toEqual(expectedFields);
    expect(lines.at(-1)).toBe('');
  });

  test('audits each download with its moderator', async () => {
    const before = await findExportEntries();
    await fetchResults('csv', moderator.token);
    await fetchResults('csv', player.token);
    const added = (await findExportEntries()).slice(before.length);
    expect(added.map(({ actor }) => actor?.id)).toEqual([toRowId(moderator.id)]);
  });
});

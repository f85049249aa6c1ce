import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AuditEntry } from '../../../src/audit/audit-entry.entity.ts';
import { appointModerator } from '../../../src/moderation/appoint-moderator.ts';
import { type App, startApp } from '../../kit/api/app.ts';
import type { TestPlayer } from '../../kit/api/client.ts';
import { insertVideo, toRowId } from '../../kit/contest/videos.ts';

const HEADER =
  'city,position,playerId,username,votes,reachedAt,decidedBy,certifiedAt,firstName,lastName,email,playerGlobalId';
const SITE = 'https://moderators.example.com';

let app: App;
let moderator: TestPlayer;
let player: TestPlayer;

beforeAll(async () => {
  app = await startApp({ CORS_ORIGINS: SITE });
  [moderator, player] = await Promise.all([app.signUp(), app.signUp()]);
  await appointModerator(app.database.em.fork(), moderator.email);
});
afterAll(() => app.stop());

const fetchResults = (format: string, token?: string, method = 'GET') =>
  fetch(`${app.url}/exports/results.${format}`, {
    method,
    headers: token ? { authorization: `Bearer ${token}` } : {},
  });

/** A player of a city, with a published video that one other player has voted for. */
async function candidate(city: string, details: { firstName?: string } = {}): Promise<TestPlayer> {
  const [owner, voter] = await Promise.all([app.signUp({ city, ...details }), app.signUp()]);
  const videoId = await insertVideo(app.database, owner, { status: 'PROCESSED' });
  const query = 'mutation ($videoId: ID!) { castVote(videoId: $videoId) { __typename } }';
  const { data } = await app.graphql(query, { videoId }, voter);
  expect(data).toEqual({ castVote: { __typename: 'Video' } });
  return owner;
}

const exportsOnRecord = () => app.database.em.fork().find(AuditEntry, { action: 'EXPORT_RESULTS' });

describe('while the voting is not over', () => {
  test.each(['csv', 'json'])('a moderator is told so instead of getting results.%s', async format => {
    const response = await fetchResults(format, moderator.token);
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({ code: 'VOTING_NOT_OVER' });
    expect(await exportsOnRecord()).toEqual([]);
  });
});

describe('who may have the results', () => {
  test('a stranger is asked for a token, by name of the scheme', async () => {
    const response = await fetchResults('csv');
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(await response.json()).toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  test('a token that is no good is nobody’s', async () => {
    const response = await fetchResults('csv', `${moderator.token}x`);
    expect(response.status).toBe(401);
  });

  test('a player is refused', async () => {
    const response = await fetchResults('json', player.token);
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ code: 'FORBIDDEN' });
  });

  test('there is nothing but the two files, and nothing to do but get them', async () => {
    expect((await fetchResults('xml', moderator.token)).status).toBe(404);
    const posted = await fetchResults('csv', moderator.token, 'POST');
    expect(posted.status).toBe(405);
    expect(posted.headers.get('allow')).toBe('GET');
  });
});

describe('a page of another origin', () => {
  const ask = (origin: string, method: string, headers: Record<string, string> = {}) =>
    fetch(`${app.url}/exports/results.csv`, { method, headers: { origin, ...headers } });

  test('may fetch the file when the API names its origin', async () => {
    const preflight = await ask(SITE, 'OPTIONS', {
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
    const answer = await ask(SITE, 'GET', { authorization: `Bearer ${moderator.token}` });
    expect(answer.headers.get('access-control-allow-origin')).toBe(SITE);
  });

  test('is told nothing otherwise', async () => {
    const stranger = 'https://example.net';
    const preflight = await ask(stranger, 'OPTIONS', { 'access-control-request-method': 'GET' });
    expect(preflight.status).toBe(405);
    for (const { headers } of [preflight, await ask(stranger, 'GET')]) {
      expect(headers.has('access-control-allow-origin')).toBe(false);
      expect(headers.get('vary')).toMatch(/origin/i);
    }
  });
});

describe('once the voting is over', () => {
  const FORMULA = '=HYPERLINK("http://example.com","Cali")';
  let owners: Record<'accents' | 'quotes' | 'formula' | 'sign', TestPlayer>;

  beforeAll(async () => {
    owners = {
      accents: await candidate('Bogotá'),
      quotes: await candidate('Cali, "la Sultana"'),
      formula: await candidate(FORMULA, { firstName: 'Ana-María' }),
      sign: await candidate('Pasto', { firstName: '-Zoe' }),
    };
    const query =
      'mutation { closeContest(reason: "The final is tomorrow") { ... on Contest { phase } __typename } }';
    const { data } = await app.graphql(query, {}, moderator);
    expect(data).toMatchObject({ closeContest: { phase: 'CLOSED' } });
  });

  test('the JSON file has the winners as they are, to save and never to cache', async () => {
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

  test('the CSV file keeps accents and quotes, and disarms a city that is a formula', async () => {
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
    const ofSign = [`'-Zoe`, 'Díaz', owners.sign.email, owners.sign.id];
    expect(
      lines
        .find(line => line.startsWith('Pasto,'))
        ?.split(',')
        .slice(-4),
    ).toEqual(ofSign);
    expect(lines.at(-1)).toBe('');
  });

  test('each download is on record, with who had it', async () => {
    const before = await exportsOnRecord();
    await fetchResults('csv', moderator.token);
    await fetchResults('csv', player.token);
    const added = (await exportsOnRecord()).slice(before.length);
    expect(added.map(({ actor }) => actor?.id)).toEqual([toRowId(moderator.id)]);
  });
});

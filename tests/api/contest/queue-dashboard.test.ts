import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createSignedLinks } from '../../../src/platform/crypto/signed-links.ts';
import { processVideoJob } from '../../../src/videos/processing/video.jobs.ts';
import { graphql } from '../../gql/gql.ts';
import { type App, startApp, withoutRedis } from '../../kit/api/app.ts';
import { createModerator, createUser, type TestUser } from '../../kit/contest/create-users.ts';
import { toRowId } from '../../kit/contest/to-row-id.ts';
import { insertVideo } from '../../kit/contest/videos.ts';
import { openBrowser, openPage, recordPage } from '../../kit/services/browser.ts';

const BOARD = graphql(`
  query QueueBoard { queueBoardUrl }
`);

let app: App;
let moderator: TestUser;
let videoId: string;
beforeAll(async () => {
  app = await startApp();
  moderator = await createModerator(app);
  videoId = toRowId(await insertVideo(app.database, moderator));
  const connection = new Redis(app.redis.url, { maxRetriesPerRequest: null });
  const queue = new Queue(processVideoJob.queue, { connection });
  const job = { videoId, attempt: 0 };
  await queue.add(processVideoJob.queue, job, { jobId: processVideoJob.id(job) });
  await queue.close();
  connection.disconnect();
});
afterAll(() => app?.stop());

const getLink = async (caller: Pick<TestUser, 'token'>) =>
  (await app.graphql(BOARD, {}, caller)).data.queueBoardUrl ?? '';
const get = (path: string, cookie?: string) =>
  fetch(new URL(path, app.url), { redirect: 'manual', headers: { ...(cookie && { cookie }) } });
/** Opens a moderator's link; returns the cookie that it sets. */
const visit = async (caller: Pick<TestUser, 'token'>): Promise<string> => {
  const response = await get(await getLink(caller));
  expect(response.status).toBe(303);
  expect(response.headers.get('location')).toBe('/operations/queue/');
  const [set = ''] = response.headers.getSetCookie();
  expect(set).toMatch(/; Path=\/operations\/queue; Max-Age=3600; HttpOnly; SameSite=Lax$/);
  return set.split(';', 1)[0] ?? '';
};
const API = '/operations/queue/api/queues?activeQueue=process-video&status=waiting&page=1';

test('a moderator sees the queue in a browser, which requests only the API', async () => {
  const browser = await openBrowser();
  onTestFinished(() => browser.close());
  const page = await openPage(browser, { viewport: { width: 1200, height: 800 }, reducedMotion: 'reduce' });
  const record = recordPage(page);
  await page.goto(await getLink(moderator));
  await page.goto(`${app.url}/operations/queue/queue/process-video?status=waiting`);
  await page.getByText(videoId).first().waitFor();
  expect(page.url()).not.toContain('signature');
  expect(await page.getByRole('button', { name: /retry|clean|promote|pause|empty|add job/i }).count()).toBe(
    0,
  );
  expect(record.urls.filter(url => !url.startsWith(app.url))).toEqual([]);
  expect(record.errors).toEqual([]);
});

test('only moderators receive a link, and pages without a cookie return 401', async () => {
  const player = await createUser(app);
  expect((await app.graphql(BOARD, {}, player)).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  expect((await app.graphql(BOARD)).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  for (const path of ['', '/', '/api/queues', '/static/favicon.ico', '/queue/process-video']) {
    const response = await get(`/operations/queue${path}`);
    expect([path, response.status]).toEqual([path, 401]);
    expect(await response.text()).not.toContain(videoId);
  }
});

test('expired or modified links return 401, and links and cookies are not interchangeable', async () => {
  const secret = app.processEnv.AUTH_SECRET ?? '';
  const path = `/operations/queue/enter/${toRowId(moderator.id)}`;
  const links = createSignedLinks([secret]);
  const expired = createSignedLinks([secret], () => new Date(Date.now() - 61_000));
  const player = await createUser(app);
  const cookie = await visit(moderator);
  for (const url of [
    expired.sign(path, 60),
    createSignedLinks(['another secret']).sign(path, 60),
    links.sign(path, 60).replace(toRowId(moderator.id), toRowId(player.id)),
    links.sign(`/operations/queue/enter/${toRowId(player.id)}`, 60),
    cookie.slice(cookie.indexOf('=') + 1),
  ]) {
    expect((await get(url)).status).toBe(401);
  }
  expect((await get(API, `anb-queue-board=${links.sign(path, 60)}`)).status).toBe(401);
  expect((await get(API, `a=b; ${cookie}; c=d`)).status).toBe(200);
});

test('the dashboard is read-only: requests that change the queue return 404 or 405', async () => {
  const cookie = await visit(moderator);
  const page = await (await get(API, cookie)).text();
  expect(page).toContain(videoId);
  for (const [method, path] of [
    ['PUT', `/api/queues/process-video/${videoId}-0/clean`],
    ['PUT', '/api/queues/process-video/empty'],
    ['PUT', '/api/queues/process-video/pause'],
    ['POST', '/api/queues/process-video/add'],
    ['GET', '/api/queues/process-video/empty'],
  ] as const) {
    const response = await fetch(`${app.url}/operations/queue${path}`, { method, headers: { cookie } });
    expect(response.status, `${method} ${path}`).toBe(method === 'GET' ? 404 : 405);
  }
  expect(await (await get(API, cookie)).text()).toBe(page);
});

test('a former moderator receives 401', async () => {
  const former = await createModerator(app);
  const cookie = await visit(former);
  const link = await getLink(former);
  await app.database.em
    .fork()
    .execute(`update players set role = 'PLAYER' where id = ?`, [toRowId(former.id)]);
  expect([(await get(API, cookie)).status, (await get(link)).status]).toEqual([401, 401]);
});

test('the dashboard returns 503 while Redis is unavailable', async () => {
  const cookie = await visit(moderator);
  const { status } = await withoutRedis(app, () => get(API, cookie));
  expect(status).toBe(503);
});

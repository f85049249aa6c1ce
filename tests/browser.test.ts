import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { type App, startApp } from './kit/app.ts';
import { openBrowser, openPage, type PageRecord, recordPage } from './kit/browser.ts';
import { makeSource, quadrants } from './kit/media.ts';
import { startWorker, type TestWorker } from './kit/worker.ts';

const RULES = { MIN_SOURCE_SECONDS: '1', CLIP_SECONDS: '2', MIN_SOURCE_HEIGHT: '16' };
const BUMPER_SECONDS = 5;

let app: App;
let worker: TestWorker | undefined;
let browser: Browser;
beforeAll(async () => {
  [app, browser] = await Promise.all([startApp(RULES), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await worker?.stop();
  await app?.stop();
});

// One visitor's way, in order: each step needs what the one before has left.
describe('a visitor with nothing but a browser', () => {
  let graphiql: Page;
  let graphiqlRecord: PageRecord;
  let token: string;
  let videoId: string;
  let clipUrl: string;

  test('sees the gallery and signs up in GraphiQL, which needs nothing but the API', async () => {
    graphiql = await openOwnPage();
    graphiqlRecord = recordPage(graphiql);
    await graphiql.goto(`${app.url}/graphql`);
    expect(await runGraphiql(graphiql, 'query Gallery', GALLERY)).toEqual({
      data: { videos: expect.anything() },
    });
    await resultOf(graphiql).getByText('"hasNextPage": false').waitFor();

    await showTab(graphiql, 'SignUp');
    const { data } = await runGraphiql(graphiql, 'mutation SignUp', SIGN_UP);
    token = data.signUp.accessToken;
    await resultOf(graphiql).getByText('"jordan.diaz"').waitFor();
    expectOnlyOurs(graphiqlRecord);
  });

  test('uploads a video in Altair, which needs nothing but the API either', async () => {
    const page = await openOwnPage();
    const record = recordPage(page);
    await page.goto(`${app.url}/altair/`);
    await page.locator('.side-menu-item').first().click();
    await replaceText(page.getByPlaceholder('Header value').first(), `Bearer ${token}`);
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByText('Variables', { exact: true }).click();
    await page.getByRole('button', { name: 'Add files' }).click();
    const source = await makeSource({ picture: quadrants({ width: 640, height: 360, seconds: 3 }) });
    await page.locator('input.variables-file-item-input').setInputFiles(source);

    await page.getByRole('button', { name: 'Send Request' }).click();
    // As the visitor reads it: Chromium doesn't always keep what a page was answered for others.
    const result = page.locator('app-query-result');
    await result.getByText('"UPLOADED"').waitFor();
    const [, id] = /"__typename":"Video","id":"([^"]+)"/.exec(await textOf(result)) ?? [];
    videoId = z.string().parse(id);
    expectOnlyOurs(record);
  });

  test('follows it in GraphiQL, event by event, until it is published', async () => {
    await showTab(graphiql, 'FollowVideo');
    const editor = graphiql.locator('.graphiql-editor-tool .graphiql-editor:not(.hidden)');
    await replaceText(editor, JSON.stringify({ videoId }));
    await graphiql.getByRole('button', { name: 'Headers', exact: true }).click();
    await replaceText(editor, JSON.stringify({ authorization: `Bearer ${token}` }));
    await graphiql.getByRole('button', { name: /^Execute/ }).click();
    await resultOf(graphiql).getByText('"status": "UPLOADED"').waitFor();

    // Only now, so that the first event can't be missed for being quick.
    worker = await startWorker(app);
    await resultOf(graphiql).getByText('"status": "PROCESSED"').waitFor();
    const [, url] = /"processedUrl":"([^"]+)"/.exec(await textOf(resultOf(graphiql))) ?? [];
    clipUrl = z.url().parse(url);
    expectOnlyOurs(graphiqlRecord);
  });

  test('plays the clip on a page of another origin', async () => {
    const page = await openOwnPage();
    const statuses: number[] = [];
    page.on('response', response => {
      if (response.url() === clipUrl) statuses.push(response.status());
    });
    await page.goto(await serveFanPage(z.url().parse(clipUrl)));
    const video = page.locator('video');
    const facts = await video.evaluate(async (element: VideoElement) => {
      if (element.readyState < 1) await new Promise(done => element.addEventListener('loadedmetadata', done));
      return { width: element.videoWidth, height: element.videoHeight, duration: element.duration };
    });
    expect(facts).toEqual({ width: 1280, height: 720, duration: 2 + BUMPER_SECONDS });

    const seekedTo = await video.evaluate(async (element: VideoElement) => {
      element.currentTime = 3.5;
      await new Promise(done => element.addEventListener('seeked', done, { once: true }));
      return element.currentTime;
    });
    expect(seekedTo).toBe(3.5);

    const played = await video.evaluate(async (element: VideoElement) => {
      await element.play();
      while (element.currentTime < 4) {
        const { promise: moved, resolve } = Promise.withResolvers();
        element.requestVideoFrameCallback(resolve);
        // A busy machine may reach the end without presenting another frame.
        element.addEventListener('ended', resolve, { once: true });
        await moved;
      }
      const tracks = element.captureStream().getTracks();
      return { kinds: tracks.map(track => track.kind), error: element.error };
    });
    expect(played).toEqual({ kinds: ['video'], error: null });
    expect(new Set(statuses)).toEqual(new Set([206]));
  });
});

/** What the tests need of the DOM's HTMLVideoElement. */
interface VideoElement extends HTMLElement {
  readyState: number;
  videoWidth: number;
  videoHeight: number;
  duration: number;
  currentTime: number;
  error: unknown;
  play(): Promise<void>;
  requestVideoFrameCallback(callback: (value: unknown) => void): void;
  captureStream(): { getTracks(): { kind: string }[] };
}

const GALLERY = z.object({ data: z.object({ videos: z.object({ nodes: z.array(z.never()) }) }) });
const SIGN_UP = z.object({ data: z.object({ signUp: z.object({ accessToken: z.string() }) }) });

// Without a graphics card, what moves and what is large take most of the time.
const openOwnPage = () =>
  openPage(browser, { viewport: { width: 1100, height: 700 }, reducedMotion: 'reduce' });

async function showTab(page: Page, operation: string): Promise<void> {
  // By the keyboard: to the mouse, a tab is also something to drag, and a quick click does nothing.
  await page.getByRole('button', { name: operation, exact: true }).press('Enter');
  await page.getByRole('region', { name: 'Operation Editor' }).getByText(operation).first().waitFor();
}

/** Runs the operation of the tab that is shown; what the API answers. */
async function runGraphiql<Answer>(
  page: Page,
  operation: string,
  answer: z.ZodType<Answer>,
): Promise<Answer> {
  const answered = page.waitForResponse(
    response => response.request().postData()?.includes(operation) ?? false,
  );
  await page.getByRole('button', { name: /^Execute/ }).click();
  return answer.parse(await (await answered).json());
}

const resultOf = (page: Page): Locator => page.getByRole('region', { name: 'Result Window' });

/** What an editor shows, without the spaces and line breaks that it adds. */
async function textOf(editor: Locator): Promise<string> {
  return (await editor.innerText()).replaceAll(/\s/g, '');
}

async function replaceText(editor: Locator, text: string): Promise<void> {
  await editor.click();
  await editor.page().keyboard.press('ControlOrMeta+a');
  await editor.page().keyboard.insertText(text);
  // The brackets and quotes that the editor has closed by itself.
  await editor.page().keyboard.press('ControlOrMeta+Shift+End');
  await editor.page().keyboard.press('Delete');
}

function expectOnlyOurs({ urls, complaints }: PageRecord): void {
  const foreign = urls.filter(url => !/^(blob:)?http:\/\/127\.0\.0\.1:|^data:/.test(url));
  expect({ foreign, complaints }).toEqual({ foreign: [], complaints: [] });
}

/** Serves a page that shows a clip, until the test ends; its address. */
async function serveFanPage(clip: string): Promise<string> {
  const page = `<!doctype html><title>Fans</title><video muted controls crossorigin="anonymous" src="${clip}"></video>`;
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end(page);
  }).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}/`;
}

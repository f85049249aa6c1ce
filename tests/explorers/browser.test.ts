import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { type App, startApp } from '../kit/api/app.ts';
import { startWorker, type TestWorker } from '../kit/contest/worker.ts';
import { createQuadrants, makeSource } from '../kit/media/media.ts';
import { openBrowser, openPage, type PageRecord, recordPage } from '../kit/services/browser.ts';

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

// The steps of one visitor: each depends on the previous one.
describe('a visitor with a browser', () => {
  let graphiql: Page;
  let graphiqlRecord: PageRecord;
  let token: string;
  let videoId: string;
  let clipUrl: string;

  test('sees the gallery and signs up in GraphiQL, which requests only the API', async () => {
    graphiql = await openSmallPage();
    graphiqlRecord = recordPage(graphiql);
    await graphiql.goto(`${app.url}/graphql`);
    expect(await runGraphiql(graphiql, 'query Gallery', GALLERY)).toEqual({
      data: { videos: expect.anything() },
    });
    await findResult(graphiql).getByText('"hasNextPage": false').waitFor();

    await showTab(graphiql, 'SignUp');
    const { data } = await runGraphiql(graphiql, 'mutation SignUp', SIGN_UP);
    token = data.signUp.accessToken;
    await findResult(graphiql).getByText('"jordan.diaz"').waitFor();
    expectOnlyLocalRequests(graphiqlRecord);
  });

  test('uploads a video in Altair, which requests only the API', async () => {
    const page = await openSmallPage();
    const record = recordPage(page);
    await page.goto(`${app.url}/altair/`);
    await page.locator('.side-menu-item').first().click();
    await replaceText(page.getByPlaceholder('Header value').first(), `Bearer ${token}`);
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByText('Variables', { exact: true }).click();
    await page.getByRole('button', { name: 'Add files' }).click();
    const source = await makeSource({ picture: createQuadrants({ width: 640, height: 360, seconds: 3 }) });
    await page.locator('input.variables-file-item-input').setInputFiles(source);

    await page.getByRole('button', { name: 'Send Request' }).click();
    // Reads the page because Chromium does not always keep response bodies for the protocol.
    const result = page.locator('app-query-result');
    await result.getByText('"UPLOADED"').waitFor();
    const [, id] = /"__typename":"Video","id":"([^"]+)"/.exec(await readText(result)) ?? [];
    videoId = z.string().parse(id);
    expectOnlyLocalRequests(record);
  });

  test('follows the video in GraphiQL until it is published', async () => {
    await showTab(graphiql, 'FollowVideo');
    const editor = graphiql.locator('.graphiql-editor-tool .graphiql-editor:not(.hidden)');
    await replaceText(editor, JSON.stringify({ videoId }));
    await graphiql.getByRole('button', { name: 'Headers', exact: true }).click();
    await replaceText(editor, JSON.stringify({ authorization: `Bearer ${token}` }));
    await graphiql.getByRole('button', { name: /^Execute/ }).click();
    await findResult(graphiql).getByText('"status": "UPLOADED"').waitFor();

    // The worker starts last so that the page shows the first event.
    worker = await startWorker(app);
    await findResult(graphiql).getByText('"status": "PROCESSED"').waitFor();
    const [, url] = /"processedUrl":"([^"]+)"/.exec(await readText(findResult(graphiql))) ?? [];
    clipUrl = z.url().parse(url);
    expectOnlyLocalRequests(graphiqlRecord);
  });

  test('plays the clip on a page of another origin', async () => {
    const page = await openSmallPage();
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

/** The used part of the DOM's HTMLVideoElement. */
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

// Large or animated pages are slow without a graphics card.
const openSmallPage = () =>
  openPage(browser, { viewport: { width: 1100, height: 700 }, reducedMotion: 'reduce' });

async function showTab(page: Page, operation: string): Promise<void> {
  // Uses the keyboard: GraphiQL treats a quick mouse click on a tab as a drag.
  await page.getByRole('button', { name: operation, exact: true }).press('Enter');
  await page.getByRole('region', { name: 'Operation Editor' }).getByText(operation).first().waitFor();
}

/** Runs the operation of the open tab; returns the API's response. */
async function runGraphiql<Result>(
  page: Page,
  operation: string,
  schema: z.ZodType<Result>,
): Promise<Result> {
  const responded = page.waitForResponse(
    response => response.request().postData()?.includes(operation) ?? false,
  );
  await page.getByRole('button', { name: /^Execute/ }).click();
  return schema.parse(await (await responded).json());
}

const findResult = (page: Page): Locator => page.getByRole('region', { name: 'Result Window' });

/** Returns the text of an editor without white space. */
async function readText(editor: Locator): Promise<string> {
  return (await editor.innerText()).replaceAll(/\s/g, '');
}

async function replaceText(editor: Locator, text: string): Promise<void> {
  await editor.click();
  await editor.page().keyboard.press('ControlOrMeta+a');
  await editor.page().keyboard.insertText(text);
  // Deletes the closing brackets and quotes that the editor inserts.
  await editor.page().keyboard.press('ControlOrMeta+Shift+End');
  await editor.page().keyboard.press('Delete');
}

function expectOnlyLocalRequests({ urls, errors }: PageRecord): void {
  const foreign = urls.filter(url => !/^(blob:)?http:\/\/127\.0\.0\.1:|^data:/.test(url));
  expect({ foreign, errors }).toEqual({ foreign: [], errors: [] });
}

/** Serves a page that embeds a clip until the test ends; returns its URL. */
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

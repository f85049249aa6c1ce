import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type App, startApp } from '../kit/api/app.ts';
import { createUser } from '../kit/contest/create-users.ts';
import { makeShortSource } from '../kit/contest/videos.ts';
import { openBrowser, openPage } from '../kit/services/browser.ts';

const FILE_BYTES = 1_500_000;
const BYTES_PER_SECOND = 1_000_000;
const RESULT = z.object({
  shares: z.array(z.number()),
  video: z.object({ __typename: z.literal('Video'), id: z.string(), status: z.literal('UPLOADED') }),
});
type Upload = (upload: {
  url: string;
  token: string;
  title: string;
  file: File;
  onProgress(share: number): void;
}) => Promise<object>;

let pages: Server;
let origin: string;
let app: App;
let browser: Browser;
beforeAll(async () => {
  const script = await readFile(join(import.meta.dirname, 'upload-with-progress.js'));
  pages = createServer(({ url }, response) => {
    if (url === '/upload-with-progress.js') response.setHeader('content-type', 'text/javascript').end(script);
    else response.setHeader('content-type', 'text/html').end('<!doctype html><title>Fans</title>');
  });
  await once(pages.listen(0, '127.0.0.1'), 'listening');
  origin = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;
  [app, browser] = await Promise.all([startApp({ CORS_ORIGINS: origin }), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await app?.stop();
  pages?.close();
});

test('a page of another origin receives the progress of an upload', async () => {
  const { token } = await createUser(app);
  // Padding makes the upload take longer than a second.
  const content = Buffer.concat([await readFile(await makeShortSource()), Buffer.alloc(FILE_BYTES)]);
  const page = await openPage(browser);
  await page.goto(origin);
  const network = await page.context().newCDPSession(page);
  await network.send('Network.enable');
  await network.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: BYTES_PER_SECOND,
  });

  await page.addScriptTag({
    type: 'module',
    content: `import { uploadWithProgress } from '/upload-with-progress.js'; Object.assign(window, { uploadWithProgress });`,
  });
  const result = await page.evaluate(
    async ({ url, token, base64 }) => {
      const uploadWithProgress: Upload = Reflect.get(window, 'uploadWithProgress');
      const file = new File([Uint8Array.from(atob(base64), byte => byte.charCodeAt(0))], 'clip.mp4');
      const shares: number[] = [];
      const onProgress = (share: number) => shares.push(share);
      const video = await uploadWithProgress({ url, token, title: 'Crossover', file, onProgress });
      return { shares, video };
    },
    {
      url: `${app.url}/graphql`,
      token,
      base64: content.toString('base64'),
    },
  );
  const { shares } = RESULT.parse(result);
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  expect(shares.filter(share => share < 1).length).toBeGreaterThan(1);
  expect(shares.at(-1)).toBe(1);
});

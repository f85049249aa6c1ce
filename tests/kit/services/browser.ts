import { delimiter, join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { isExecutable } from '../../../scripts/stack/find-program.ts';

const PROGRAM_NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/**
 * Starts a headless Chromium with a fresh profile that resolves no host except loopback. The caller closes
 * it.
 */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium(),
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
    ],
  });
}

/**
 * Opens a page without a timeout. The test's timeout, which scales with the machine, ends a page that hangs.
 */
export async function openPage(browser: Browser, options?: BrowserContextOptions): Promise<Page> {
  const page = await browser.newPage(options);
  page.setDefaultTimeout(0);
  page.setDefaultNavigationTimeout(0);
  return page;
}

function findChromium(): string {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const paths = folders.flatMap(folder => PROGRAM_NAMES.map(name => join(folder, name)));
  const found = [process.env.CHROMIUM ?? [], paths].flat().find(isExecutable);
  if (found === undefined) throw new Error('Chromium is not installed; npm run setup -- --tests installs it');
  return found;
}

/** The URLs that a page has requested so far, and its console and page errors. */
export interface PageRecord {
  urls: string[];
  errors: string[];
}

/** Records the requests and errors of a page. Call it before the first navigation. */
export function recordPage(page: Page): PageRecord {
  const record: PageRecord = { urls: [], errors: [] };
  page.on('request', request => record.urls.push(request.url()));
  page.on('console', message => {
    if (message.type() === 'error') record.errors.push(message.text());
  });
  page.on('pageerror', error => record.errors.push(error.message));
  return record;
}

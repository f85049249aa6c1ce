import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** A headless Chromium with a fresh profile that finds nothing but this machine's loopback. Must be closed. */
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

/** Opens a page without timeouts of its own. The test's timeout, which scales with the machine, ends what hangs. */
export async function openPage(browser: Browser, options?: BrowserContextOptions): Promise<Page> {
  const page = await browser.newPage(options);
  page.setDefaultTimeout(0);
  page.setDefaultNavigationTimeout(0);
  return page;
}

function findChromium(): string {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const places = folders.flatMap(folder => NAMES.map(name => join(folder, name)));
  const found = [process.env.CHROMIUM ?? [], places].flat().find(isExecutable);
  if (found === undefined) throw new Error('Chromium is not installed; npm run setup -- --tests installs it');
  return found;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Absent or not ours to run: the next folder may have it.
    return false;
  }
}

/** What a page has asked of the network so far, and what it has complained about. */
export interface PageRecord {
  urls: string[];
  complaints: string[];
}

/** Starts to record a page, before it goes anywhere. */
export function recordPage(page: Page): PageRecord {
  const record: PageRecord = { urls: [], complaints: [] };
  page.on('request', request => record.urls.push(request.url()));
  page.on('console', message => {
    if (message.type() === 'error') record.complaints.push(message.text());
  });
  page.on('pageerror', error => record.complaints.push(error.message));
  return record;
}

import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type {
  AppControllerRoute,
  AppViewRoute,
  BullBoardQueues,
  IServerAdapter,
  UIConfig,
} from '@bull-board/api/typings/app';
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Logger } from '../../src/platform/observability/logger.ts';
import { sendJson } from '../../src/platform/process/health.ts';
import { processVideoJob } from '../../src/videos/processing/video.jobs.ts';
import { createExplorerHeaders } from '../explorers/csp.ts';

const UI: UIConfig = {
  boardTitle: 'ANB Rising Stars',
  hideDocsLink: true,
  pollingInterval: { forceInterval: 5 },
};

/** The pages of the board and what they ask for, for whoever may see them. */
export interface DashboardPages {
  /** Answers a GET; `path` is what follows the base, and begins with a slash. */
  serve(request: IncomingMessage, response: ServerResponse, path: string): Promise<void>;
  close(): Promise<void>;
}

/** Reads the files of bull-board, which only a server that shows it needs. The connection stays the caller's. */
export async function loadDashboardPages(
  redis: Redis,
  base: string,
  logger: Logger,
): Promise<DashboardPages> {
  const { createBullBoard } = await import('@bull-board/api');
  const { BullMQAdapter } = await import('@bull-board/api/bullMQAdapter');
  const { default: sirv } = await import('sirv');
  const queue = new Queue(processVideoJob.queue, { connection: redis });
  // The connection's own errors come here too, and the connection logs them already.
  queue.on('error', error => logger.debug({ err: error, queue: queue.name }, 'queue error'));
  const board = new Board();
  createBullBoard({
    queues: [new BullMQAdapter(queue, { readOnlyMode: true })],
    serverAdapter: board,
    options: { uiConfig: UI },
  });
  const html = await board.render(base);
  const headers = {
    ...createExplorerHeaders({ 'script-src': "'self'" }),
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
  };
  const serveFile = sirv(board.filesDir, { immutable: true, maxAge: 86_400 });

  return {
    async serve(request, response, path) {
      if (path.startsWith('/static/')) {
        request.url = path.slice('/static'.length);
        return serveFile(request, response, () => sendJson(response, 404, { error: 'Not found' }));
      }
      if (board.isPage(path)) return void response.writeHead(200, headers).end(html);
      if (redis.status !== 'ready') return sendJson(response, 503, { error: 'The queue is not available' });
      const query = new URL(request.url ?? '/', 'http://host').searchParams;
      const answer = await board.ask(path, Object.fromEntries(query));
      if (answer === null) sendJson(response, 404, { error: 'Not found' });
      else sendJson(response, answer.status ?? 200, answer.body);
    },
    close: () => queue.close(),
  };
}

/** What bull-board hands to the server it runs in. Of its routes only those that read are kept. */
class Board implements IServerAdapter {
  filesDir = '';
  #queues: BullBoardQueues = new Map();
  #viewsDir = '';
  #config: UIConfig = {};
  #pages: URLPattern[] = [];
  #entry: AppViewRoute | undefined;
  #routes: { pattern: URLPattern; handler: AppControllerRoute['handler'] }[] = [];

  setQueues(queues: BullBoardQueues): this {
    this.#queues = queues;
    return this;
  }

  setViewsPath(dir: string): this {
    this.#viewsDir = dir;
    return this;
  }

  setStaticPath(_route: string, dir: string): this {
    this.filesDir = dir;
    return this;
  }

  setUIConfig(config: UIConfig): this {
    this.#config = config;
    return this;
  }

  setEntryRoute(entry: AppViewRoute): this {
    this.#entry = entry;
    this.#pages = patternsOf(entry.route);
    return this;
  }

  /** Ignored: what a handler throws is masked and logged like any error of this server. */
  setErrorHandler(): this {
    return this;
  }

  setApiRoutes(routes: AppControllerRoute[]): this {
    const reading = routes.filter(({ method }) => [method].flat().includes('get'));
    this.#routes = reading.flatMap(({ route, handler }) =>
      patternsOf(route).map(pattern => ({ pattern, handler })),
    );
    return this;
  }

  isPage(path: string): boolean {
    return this.#pages.some(pattern => pattern.test({ pathname: path }));
  }

  /** The one page, which then shows what its address says. */
  async render(base: string): Promise<string> {
    if (this.#entry === undefined) throw new Error('bull-board has no page');
    const { name, params } = this.#entry.handler({ basePath: base, uiConfig: this.#config });
    const template = await readFile(join(this.#viewsDir, name), 'utf8');
    return (
      template
        // Its fonts come from elsewhere; without them the system's own are used.
        .replace(/<link href="https:[^>]*>/g, '')
        // All of these are ours or bull-board's own and fit to stand in HTML.
        .replace(/<%[=-] (\w+) %>/g, (_, parameter: string) => params[parameter] ?? '')
    );
  }

  /** What the reading route of this path answers; null when there is none. */
  async ask(path: string, query: Record<string, string>) {
    for (const { pattern, handler } of this.#routes) {
      const match = pattern.exec({ pathname: path });
      if (match === null) continue;
      const params = { ...match.pathname.groups };
      return handler({ queues: this.#queues, uiConfig: this.#config, params, query, body: {}, headers: {} });
    }
    return null;
  }
}

function patternsOf(routes: string | string[]): URLPattern[] {
  return [routes].flat().map(pathname => new URLPattern({ pathname }));
}

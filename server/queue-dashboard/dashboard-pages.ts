import type { IncomingMessage, ServerResponse } from 'node:http';
import type { UIConfig } from '@bull-board/api/typings/app';
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { sendJson } from '../../src/platform/health/health.ts';
import type { Logger } from '../../src/platform/observability/logger.ts';
import { processVideoJob } from '../../src/videos/processing/video.jobs.ts';
import { createExplorerHeaders } from '../explorers/explorer-headers.ts';
import { BullBoardAdapter } from './bull-board-adapter.ts';

const UI: UIConfig = {
  boardTitle: 'ANB Rising Stars',
  hideDocsLink: true,
  pollingInterval: { forceInterval: 5 },
};

/**
 * The page of the queue dashboard, its static files and the data that it reads. Callers check access first.
 */
export interface DashboardPages {
  /** Answers a GET request; `path` is the part after the base path and starts with a slash. */
  serve(request: IncomingMessage, response: ServerResponse, path: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Loads bull-board and renders its page. Only a server that shows the queue dashboard needs these files.
 * Closing the pages leaves the Redis connection open.
 */
export async function loadDashboardPages(
  redis: Redis,
  basePath: string,
  logger: Logger,
): Promise<DashboardPages> {
  const { createBullBoard } = await import('@bull-board/api');
  const { BullMQAdapter } = await import('@bull-board/api/bullMQAdapter');
  const { default: sirv } = await import('sirv');
  const queue = new Queue(processVideoJob.queue, { connection: redis });
  // The queue repeats errors of its connection, which the connection itself already logs.
  queue.on('error', error => logger.debug({ err: error, queue: queue.name }, 'queue error'));
  const board = new BullBoardAdapter();
  createBullBoard({
    queues: [new BullMQAdapter(queue, { readOnlyMode: true })],
    serverAdapter: board,
    options: { uiConfig: UI },
  });
  const html = await board.render(basePath);
  const headers = {
    ...createExplorerHeaders({ 'script-src': "'self'" }),
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
  };
  const serveStatic = sirv(board.staticDir, { immutable: true, maxAge: 86_400 });

  return {
    async serve(request, response, path) {
      if (path.startsWith('/static/')) {
        request.url = path.slice('/static'.length);
        return serveStatic(request, response, () => sendJson(response, 404, { error: 'Not found' }));
      }
      if (board.isPage(path)) return void response.writeHead(200, headers).end(html);
      if (redis.status !== 'ready') return sendJson(response, 503, { error: 'The queue is unavailable' });
      const query = new URL(request.url ?? '/', 'http://host').searchParams;
      const result = await board.handle(path, Object.fromEntries(query));
      if (result === null) sendJson(response, 404, { error: 'Not found' });
      else sendJson(response, result.status ?? 200, result.body);
    },
    close: () => queue.close(),
  };
}

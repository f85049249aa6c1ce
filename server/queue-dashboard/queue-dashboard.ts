import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Redis } from 'ioredis';
import {
  findQueueLinkModerator,
  QUEUE_DASHBOARD_PATH,
  QUEUE_LINK_SECONDS,
  signQueueLink,
} from '../../src/moderation/queue-dashboard-links.ts';
import type { SignedLinks } from '../../src/platform/crypto/signed-links.ts';
import type { EntityManager } from '../../src/platform/database/database.ts';
import { sendJson } from '../../src/platform/health/health.ts';
import type { Logger } from '../../src/platform/observability/logger.ts';
import { sendHttpError } from '../errors/send-http-error.ts';
import { type DashboardPages, loadDashboardPages } from './dashboard-pages.ts';

const COOKIE = 'anb-queue-board';

interface QueueDashboardDeps {
  redis: Redis;
  forkEm: () => EntityManager;
  links: SignedLinks;
  publicUrl: string;
  logger: Logger;
}

/** The queue dashboard: the queue of videos as web pages for moderators, below `/operations/queue`. */
export interface QueueDashboard {
  serve(request: IncomingMessage, response: ServerResponse): Promise<void>;
  close(): Promise<void>;
}

/**
 * Creates the queue dashboard, which is read-only.
 *
 * A moderator's link (`queueBoardUrl` in the schema) is valid for a minute. The server exchanges the link for a
 * cookie that is valid for an hour. A cookie is needed because a browser that opens a page sends no access token.
 * Each request checks in the database that the player is still a moderator.
 */
export function createQueueDashboard(deps: QueueDashboardDeps): QueueDashboard {
  const { redis, forkEm, links, logger } = deps;
  let pages: Promise<DashboardPages> | undefined;
  return {
    async serve(request, response) {
      const path = (request.url ?? '').split('?', 1)[0]?.slice(QUEUE_DASHBOARD_PATH.length) ?? '';
      if (request.method !== 'GET') {
        response.setHeader('allow', 'GET');
        return sendJson(response, 405, { error: 'Only GET is allowed' });
      }
      if (path.startsWith('/enter/')) return exchangeLink(deps, request, response);
      const moderatorId = await findQueueLinkModerator({ em: forkEm(), links }, 'visit', readCookie(request));
      if (moderatorId === null) return sendUnauthorized(response);
      // The base URL of the page ends with a slash, and the URLs of its requests are relative to it.
      if (path === '') return redirect(response, 308);
      pages ??= loadDashboardPages(redis, QUEUE_DASHBOARD_PATH, logger);
      await (await pages).serve(request, response, path);
    },

    async close() {
      await (await pages)?.close();
    },
  };
}

/** Exchanges a moderator's link for a cookie and redirects to the page. */
async function exchangeLink(
  { forkEm, links, publicUrl }: QueueDashboardDeps,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const moderatorId = await findQueueLinkModerator({ em: forkEm(), links }, 'enter', request.url ?? '');
  if (moderatorId === null) return sendUnauthorized(response);
  const cookie = [
    `${COOKIE}=${signQueueLink(links, 'visit', moderatorId)}`,
    `Path=${QUEUE_DASHBOARD_PATH}`,
    `Max-Age=${QUEUE_LINK_SECONDS.visit}`,
    'HttpOnly',
    // Lax, because another site may open the link, and the dashboard is read-only.
    'SameSite=Lax',
    ...(publicUrl.startsWith('https:') ? ['Secure'] : []),
  ];
  redirect(response, 303, {
    'set-cookie': cookie.join('; '),
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
  });
}

function readCookie(request: IncomingMessage): string {
  return new RegExp(`(?:^|; )${COOKIE}=([^;]+)`).exec(request.headers.cookie ?? '')?.[1] ?? '';
}

function redirect(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  response.writeHead(status, { location: `${QUEUE_DASHBOARD_PATH}/`, ...headers }).end();
}

function sendUnauthorized(response: ServerResponse): void {
  const message =
    'A moderator’s link is required. Query { queueBoardUrl } and open the link within a minute.';
  sendHttpError(response, 'UNAUTHENTICATED', message);
}

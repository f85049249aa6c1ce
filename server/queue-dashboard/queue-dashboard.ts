import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Redis } from 'ioredis';
import type { SignedLinks } from '../../src/platform/crypto/signed-links.ts';
import type { EntityManager } from '../../src/platform/database/database.ts';
import type { Logger } from '../../src/platform/observability/logger.ts';
import { sendJson } from '../../src/platform/process/health.ts';
import { Player } from '../../src/players/player.entity.ts';
import { sendRefusal } from '../errors/send-refusal.ts';
import { type DashboardPages, loadDashboardPages } from './dashboard-pages.ts';

const BASE_PATH = '/operations/queue';
const COOKIE = 'anb-queue-board';
/** Lifetime of the cookie; afterwards the browser needs another link. */
const VISIT_SECONDS = 3600;

export interface QueueDashboardDeps {
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
 * A moderator's link (`queueBoardUrl` in the schema) is valid for a minute. Opening the link exchanges it for
 * a cookie that is valid for an hour, because a browser cannot send an access token when it opens a page.
 * Each request checks in the database that the player is still a moderator.
 */
export function createQueueDashboard({
  redis,
  forkEm,
  links,
  publicUrl,
  logger,
}: QueueDashboardDeps): QueueDashboard {
  let pages: Promise<DashboardPages> | undefined;

  /** Returns the id of the moderator in a signed path below {@link BASE_PATH}; null for any other path. */
  const findModerator = async (kind: 'enter' | 'visit', signedPath: string): Promise<string | null> => {
    const [, playerId] = new RegExp(`^${BASE_PATH}/${kind}/([\\da-f-]{36})\\?`).exec(signedPath) ?? [];
    if (playerId === undefined || !links.verify(signedPath)) return null;
    const count = await forkEm().count(Player, { id: playerId, role: 'MODERATOR' });
    return count === 1 ? playerId : null;
  };

  const exchangeLink = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const moderatorId = await findModerator('enter', request.url ?? '');
    if (moderatorId === null) return sendUnauthorized(response);
    const cookie = [
      `${COOKIE}=${links.sign(`${BASE_PATH}/visit/${moderatorId}`, VISIT_SECONDS)}`,
      // Lax, because another site may open the link, and the dashboard is read-only.
      ...[`Path=${BASE_PATH}`, `Max-Age=${VISIT_SECONDS}`, 'HttpOnly', 'SameSite=Lax'],
      ...(publicUrl.startsWith('https:') ? ['Secure'] : []),
    ];
    response.writeHead(303, {
      location: `${BASE_PATH}/`,
      'set-cookie': cookie.join('; '),
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    });
    response.end();
  };

  return {
    async serve(request, response) {
      const path = (request.url ?? '').split('?', 1)[0]?.slice(BASE_PATH.length) ?? '';
      if (request.method !== 'GET') {
        response.setHeader('allow', 'GET');
        return sendJson(response, 405, { error: 'Only GET is allowed' });
      }
      if (path.startsWith('/enter/')) return exchangeLink(request, response);
      const visit = new RegExp(`(?:^|; )${COOKIE}=([^;]+)`).exec(request.headers.cookie ?? '')?.[1] ?? '';
      if ((await findModerator('visit', visit)) === null) return sendUnauthorized(response);
      // The base URL of the page ends with a slash, and the URLs of its requests are relative to it.
      if (path === '') return void response.writeHead(308, { location: `${BASE_PATH}/` }).end();
      pages ??= loadDashboardPages(redis, BASE_PATH, logger);
      await (await pages).serve(request, response, path);
    },

    async close() {
      await (await pages)?.close();
    },
  };
}

function sendUnauthorized(response: ServerResponse): void {
  const message =
    'A moderator’s link is required. Query { queueBoardUrl } and open the link within a minute.';
  sendRefusal(response, 'UNAUTHENTICATED', message);
}

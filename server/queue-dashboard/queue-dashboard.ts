import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Redis } from 'ioredis';
import type { SignedLinks } from '../../src/platform/crypto/signed-links.ts';
import type { EntityManager } from '../../src/platform/database/database.ts';
import type { Logger } from '../../src/platform/observability/logger.ts';
import { sendJson } from '../../src/platform/process/health.ts';
import { Player } from '../../src/players/player.entity.ts';
import { type DashboardPages, loadDashboardPages } from './dashboard-pages.ts';

const BASE = '/operations/queue';
const COOKIE = 'anb-queue-board';
/** How long a browser may look on before it needs another link. */
const VISIT_SECONDS = 3600;

export interface QueueDashboardDeps {
  redis: Redis;
  forkEm: () => EntityManager;
  links: SignedLinks;
  publicUrl: string;
  logger: Logger;
}

/** The queue of videos as pages for moderators, from `/operations/queue`. */
export interface QueueDashboard {
  serve(request: IncomingMessage, response: ServerResponse): Promise<void>;
  close(): Promise<void>;
}

/**
 * Shows the queue to a browser that came by a moderator's link (`queueBoardUrl` in the schema), which lives a minute and is
 * exchanged for a cookie that lives an hour: a browser can't send the access token along when it opens a page. Each
 * request asks the database whether the player is a moderator still. Nothing can be changed here.
 */
export function createQueueDashboard({
  redis,
  forkEm,
  links,
  publicUrl,
  logger,
}: QueueDashboardDeps): QueueDashboard {
  let pages: Promise<DashboardPages> | undefined;

  /** Whom a signed path below {@link BASE} speaks for, if that is a moderator; null otherwise. */
  const moderatorOf = async (kind: 'enter' | 'visit', signed: string): Promise<string | null> => {
    const [, playerId] = new RegExp(`^${BASE}/${kind}/([\\da-f-]{36})\\?`).exec(signed) ?? [];
    if (playerId === undefined || !links.verify(signed)) return null;
    const found = await forkEm().count(Player, { id: playerId, role: 'MODERATOR' });
    return found === 1 ? playerId : null;
  };

  const enter = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const moderatorId = await moderatorOf('enter', request.url ?? '');
    if (moderatorId === null) return refuse(response);
    const attributes = [
      `${COOKIE}=${links.sign(`${BASE}/visit/${moderatorId}`, VISIT_SECONDS)}`,
      // Lax, as the link may be opened from elsewhere: what it leads to only reads.
      ...[`Path=${BASE}`, `Max-Age=${VISIT_SECONDS}`, 'HttpOnly', 'SameSite=Lax'],
      ...(publicUrl.startsWith('https:') ? ['Secure'] : []),
    ];
    response.writeHead(303, {
      location: `${BASE}/`,
      'set-cookie': attributes.join('; '),
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    });
    response.end();
  };

  return {
    async serve(request, response) {
      const path = (request.url ?? '').split('?', 1)[0]?.slice(BASE.length) ?? '';
      if (request.method !== 'GET') {
        response.setHeader('allow', 'GET');
        return sendJson(response, 405, { error: 'Only GET is answered here' });
      }
      if (path.startsWith('/enter/')) return enter(request, response);
      const visit = new RegExp(`(?:^|; )${COOKIE}=([^;]+)`).exec(request.headers.cookie ?? '')?.[1] ?? '';
      if ((await moderatorOf('visit', visit)) === null) return refuse(response);
      // Its base address has a slash at the end, and so have the addresses that its pages ask for.
      if (path === '') return void response.writeHead(308, { location: `${BASE}/` }).end();
      pages ??= loadDashboardPages(redis, BASE, logger);
      await (await pages).serve(request, response, path);
    },

    async close() {
      await (await pages)?.close();
    },
  };
}

function refuse(response: ServerResponse): void {
  const error =
    'This needs a moderator’s link: ask the API for { queueBoardUrl } and open it within a minute.';
  sendJson(response, 401, { error, code: 'UNAUTHENTICATED' });
}

import { startPeriodicTask } from '../../src/platform/concurrency/periodic-task.ts';
import type { EntityManager } from '../../src/platform/database/database.ts';
import type { Logger } from '../../src/platform/observability/logger.ts';
import { findOpenSessions } from '../../src/players/authenticate.ts';
import type { AuthenticatedSession } from '../graphql/authentication.ts';

/** How long what is held open may outlive a session that was ended elsewhere. */
const CHECK_SECONDS = 5;

export type SessionEnd = 'Token expired' | 'Session ended';

/** Ends what is held open for somebody once their access token does not count any more. */
export interface SessionExpiry {
  /** Calls `end` once, when the token has expired, or its session has ended or its player's role changed since. */
  add(identity: NonNullable<AuthenticatedSession>, end: (why: SessionEnd) => void): () => void;
  close(): Promise<void>;
}

interface Watched {
  identity: NonNullable<AuthenticatedSession>;
  end: (why: SessionEnd) => void;
}

/** One query for all that this process holds open, so that it costs as much with one client as with thousands. */
export function createSessionExpiry({
  forkEm,
  logger,
}: {
  forkEm: () => EntityManager;
  logger: Logger;
}): SessionExpiry {
  const watched = new Set<Watched>();
  const check = async () => {
    if (watched.size === 0) return;
    const looked = [...watched];
    const open = await findOpenSessions(forkEm(), new Set(looked.map(({ identity }) => identity.sessionId)));
    for (const one of looked) {
      const { sessionId, role } = one.identity;
      if (open.get(sessionId) !== role && watched.delete(one)) one.end('Session ended');
    }
  };
  const loop = startPeriodicTask('session watch', CHECK_SECONDS, check, logger);
  return {
    add(identity, end) {
      const one = { identity, end };
      watched.add(one);
      const expire = () => watched.delete(one) && end('Token expired');
      const expiry = setTimeout(expire, Math.max(0, identity.expiresAt.getTime() - Date.now())).unref();
      return () => {
        clearTimeout(expiry);
        watched.delete(one);
      };
    },
    close: () => loop.stop(),
  };
}

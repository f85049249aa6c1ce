import { startPeriodicTask } from '../../src/platform/concurrency/periodic-task.ts';
import type { EntityManager } from '../../src/platform/database/database.ts';
import type { Logger } from '../../src/platform/observability/logger.ts';
import { findOpenSessions } from '../../src/players/authenticate.ts';
import type { AuthenticatedSession } from '../graphql/authentication.ts';

/** Longest time that a stream or socket outlives a session that another process ended. */
const CHECK_SECONDS = 5;

/** The reason in the close frame of a socket. */
type SessionEndReason = 'Token expired' | 'Session ended';

/** Ends open streams and sockets once their access token is no longer valid. */
export interface SessionExpiry {
  /**
   * Calls `onEnd` once: when the token expires, its session ends or its player's role changes.
   * Returns a function that removes the registration.
   */
  add(session: NonNullable<AuthenticatedSession>, onEnd: (reason: SessionEndReason) => void): () => void;
  /** Stops checking; resolves when the check in progress has ended. */
  close(): Promise<void>;
}

interface Registration {
  session: NonNullable<AuthenticatedSession>;
  onEnd: (reason: SessionEndReason) => void;
}

/** Creates the session check of this process. One query covers all registrations. */
export function createSessionExpiry({
  forkEm,
  logger,
}: {
  forkEm: () => EntityManager;
  logger: Logger;
}): SessionExpiry {
  const registrations = new Set<Registration>();
  const check = async () => {
    if (registrations.size === 0) return;
    const checked = [...registrations];
    const openSessions = await findOpenSessions(
      forkEm(),
      new Set(checked.map(({ session }) => session.sessionId)),
    );
    for (const registration of checked) {
      const { sessionId, role } = registration.session;
      if (openSessions.get(sessionId) === role) continue;
      if (registrations.delete(registration)) registration.onEnd('Session ended');
    }
  };
  const checks = startPeriodicTask('session expiry', CHECK_SECONDS, check, logger);
  return {
    add(session, onEnd) {
      const registration = { session, onEnd };
      registrations.add(registration);
      const expire = () => registrations.delete(registration) && onEnd('Token expired');
      const expiry = setTimeout(expire, Math.max(0, session.expiresAt.getTime() - Date.now())).unref();
      return () => {
        clearTimeout(expiry);
        registrations.delete(registration);
      };
    },
    close: () => checks.stop(),
  };
}

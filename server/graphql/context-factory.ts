import { type Context, createRequestScoped, type Services } from '../../schema/context.ts';
import type { EntityManager } from '../../src/platform/database/database.ts';
import { requestContext } from '../../src/platform/observability/request-context.ts';
import type { Language } from '../../src/platform/text/languages.ts';
import type { AuthenticatedSession } from './authentication.ts';

/** The client of an operation. */
interface Origin {
  session: AuthenticatedSession;
  /** The client's IP address. */
  address: string;
  language: Language;
}

export type ContextFactory = (origin: Origin) => Context;

/** Creates the factory of operation contexts, which runs within {@link requestContext}. */
export function createContextFactory(services: Services, forkEm: () => EntityManager): ContextFactory {
  const { leaderboard, readPlayers } = services;
  return ({ session, address, language }) => {
    const request = requestContext.getStore();
    if (request === undefined) throw new Error('The operation runs outside a request context');
    const viewer = session && { playerId: session.playerId, role: session.role };
    return {
      ...services,
      requestId: request.requestId,
      get logger() {
        return request.logger;
      },
      ...createRequestScoped({ forkEm, viewer, leaderboard, readPlayers }),
      forkEm,
      viewer,
      address,
      language,
    };
  };
}

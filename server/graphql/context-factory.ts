import { type Context, createRequestScoped, type Services } from '../../schema/context.ts';
import type { EntityManager } from '../../src/platform/database/database.ts';
import { requestContext } from '../../src/platform/observability/request-context.ts';
import type { Language } from '../../src/platform/text/languages.ts';
import type { AuthenticatedSession } from './authentication.ts';

/** Whom an operation is for, from where, and in which language it answers. */
export interface Origin {
  identity: AuthenticatedSession;
  address: string;
  language: Language;
}

export type ContextFactory = (origin: Origin) => Context;

/** Makes each operation's own context. Called within {@link requestContext}. */
export function createContextFactory(services: Services, forkEm: () => EntityManager): ContextFactory {
  return ({ identity, address, language }) => {
    const scope = requestContext.getStore();
    if (scope === undefined) throw new Error('An operation runs outside any request');
    const viewer = identity && { playerId: identity.playerId, role: identity.role };
    return {
      ...services,
      requestId: scope.requestId,
      get logger() {
        return scope.logger;
      },
      ...createRequestScoped({ ...services, forkEm, viewer }),
      forkEm,
      viewer,
      address,
      language,
    };
  };
}

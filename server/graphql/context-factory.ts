import { type Context, freshParts, type Services } from '../../schema/context.ts';
import type { EntityManager } from '../../src/platform/database/database.ts';
import { requestScope } from '../../src/platform/observability/request-context.ts';
import type { Language } from '../../src/platform/text/languages.ts';
import type { Identity } from './authentication.ts';

/** Whom an operation is for, from where, and in which language it answers. */
export interface Origin {
  identity: Identity;
  address: string;
  language: Language;
}

export type ContextFactory = (origin: Origin) => Context;

/** Makes each operation's own context. Called within {@link requestScope}. */
export function createContextFactory(services: Services, forkEm: () => EntityManager): ContextFactory {
  return ({ identity, address, language }) => {
    const scope = requestScope.getStore();
    if (scope === undefined) throw new Error('An operation runs outside any request');
    const viewer = identity && { playerId: identity.playerId, role: identity.role };
    return {
      ...services,
      requestId: scope.requestId,
      get logger() {
        return scope.logger;
      },
      ...freshParts({ ...services, forkEm, viewer }),
      forkEm,
      viewer,
      address,
      language,
    };
  };
}

import { type Context, freshParts, type Services } from '../../schema/context.ts';
import type { EntityManager } from '../platform/database.ts';
import type { Language } from '../platform/languages.ts';
import { requestScope } from '../platform/request-scope.ts';
import type { Identity } from './identity.ts';

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

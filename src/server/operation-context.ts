import type { IncomingMessage } from 'node:http';
import type { Context, Services } from '../../schema/context.ts';
import { createLoaders } from '../../schema/loaders.ts';
import type { EntityManager } from '../platform/database.ts';
import { requestScope } from '../platform/request-scope.ts';
import { languageOf } from './client.ts';
import type { Identity } from './identity.ts';

/** Whom an operation is for, from where. */
export interface Origin {
  request: IncomingMessage;
  identity: Identity;
  address: string;
}

export type ContextFactory = (origin: Origin) => Context;

/** Makes each operation's own context. Called within {@link requestScope}. */
export function createContextFactory(services: Services, forkEm: () => EntityManager): ContextFactory {
  return ({ request, identity, address }) => {
    const scope = requestScope.getStore();
    if (scope === undefined) throw new Error('An operation runs outside any request');
    const viewer = identity && { playerId: identity.playerId, role: identity.role };
    const em = forkEm();
    return {
      ...services,
      ...scope,
      em,
      forkEm,
      loaders: createLoaders(em, viewer),
      viewer,
      expiresAt: identity?.expiresAt ?? null,
      address,
      language: languageOf(request),
    };
  };
}

/** What an event of a subscription must not share with the one before: what was read then may have changed since. */
export function freshForEvent({ forkEm, viewer }: Context): Pick<Context, 'em' | 'loaders'> {
  const em = forkEm();
  return { em, loaders: createLoaders(em, viewer) };
}

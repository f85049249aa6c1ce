import type { IncomingMessage, ServerResponse } from 'node:http';
import { useExtendContextValuePerExecuteSubscriptionEvent } from '@envelop/execute-subscription-event';
import { maxAliasesPlugin } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthPlugin } from '@escape.tech/graphql-armor-max-depth';
import { maxDirectivesPlugin } from '@escape.tech/graphql-armor-max-directives';
import { maxTokensPlugin } from '@escape.tech/graphql-armor-max-tokens';
import { useCSRFPrevention } from '@graphql-yoga/plugin-csrf-prevention';
import { usePrometheus } from '@graphql-yoga/plugin-prometheus';
import { NoSchemaIntrospectionCustomRule } from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import type { Registry } from 'prom-client';
import { type Context, freshParts, type Services } from '../../schema/context.ts';
import { schema } from '../../schema/index.ts';
import type { Env } from '../platform/env.ts';
import { requestScope } from '../platform/request-scope.ts';
import { reportError } from './error-reports.ts';
import { useGraphqlBody } from './graphql-body.ts';
import { identityOf, useIdentity } from './identity.ts';
import type { ContextFactory } from './operation-context.ts';

/** Any of these shows that a browser asked the server first (a CORS preflight), so that no form can send it. */
export const PREFLIGHT_HEADERS = [
  'x-graphql-yoga-csrf',
  'graphql-require-preflight',
  'apollo-require-preflight',
];

export interface GraphqlDeps {
  services: Services;
  contextFor: ContextFactory;
  forkEm: Context['forkEm'];
  http: Env['http'];
  metrics: Registry;
  addressOf: (request: IncomingMessage) => string;
}

/** Yoga on `/graphql`, with its doors and limits. Plugins run in this order: who, from where, how much, what. */
export function createGraphql({ services, contextFor, forkEm, http, metrics, addressOf }: GraphqlDeps) {
  const limits = services.settings.media;
  return createYoga<{ req: IncomingMessage; res: ServerResponse }, Context>({
    schema,
    graphqlEndpoint: '/graphql',
    landingPage: false,
    healthCheckEndpoint: '/health/yoga',
    graphiql: false,
    batching: false,
    multipart: false,
    maxRequestBodySize: false,
    logging: false,
    cors: http.corsOrigins.length > 0 && { origin: http.corsOrigins, credentials: false },
    maskedErrors: { maskError: reportError },
    context: ({ req }) => contextFor({ request: req, identity: identityOf(req), address: addressOf(req) }),
    plugins: [
      useCSRFPrevention({ requestHeaders: PREFLIGHT_HEADERS }),
      useIdentity({ forkEm, accessTokens: services.accessTokens }),
      useGraphqlBody({ maxFileBytes: limits.maxUploadBytes, maxJsonBytes: http.maxJsonBytes }),
      maxTokensPlugin({ n: 1000 }),
      maxDepthPlugin({ n: 8, ignoreIntrospection: http.explorers }),
      maxAliasesPlugin({ n: 15, allowList: [] }),
      maxDirectivesPlugin({ n: 5 }),
      ...(http.explorers ? [] : [useClosedSchema()]),
      useExtendContextValuePerExecuteSubscriptionEvent<Context>(({ args }) => ({
        contextPartial: freshParts(args.contextValue as Context),
      })),
      usePrometheus({
        registry: metrics,
        endpoint: false,
        // A client chooses these, so that as labels they would grow without end.
        labels: { url: false, operationName: false },
      }),
      useRequestIds(),
      useUnbufferedStreams(),
    ],
  });
}

/** Hides the schema from whoever was not given it. */
function useClosedSchema(): Plugin {
  return {
    onValidate({ addValidationRule }) {
      addValidationRule(NoSchemaIntrospectionCustomRule);
    },
  };
}

/** Puts the request's id where {@link reportError} has not been: into what validation found, and onto the response. */
function useRequestIds(): Plugin {
  return {
    onResultProcess({ result }) {
      if (Array.isArray(result) || !('errors' in result)) return;
      for (const { extensions } of result.errors ?? []) {
        if (extensions) extensions.requestId ??= requestScope.getStore()?.requestId;
      }
    },
    onResponse({ response }) {
      const id = requestScope.getStore()?.requestId;
      if (id) response.headers.set('x-request-id', id);
    },
  };
}

/** Tells proxies to pass events on as they come. */
function useUnbufferedStreams(): Plugin {
  return {
    onResponse({ response }) {
      if (response.headers.get('content-type')?.startsWith('text/event-stream')) {
        response.headers.set('x-accel-buffering', 'no');
        response.headers.set('cache-control', 'no-store');
      }
    },
  };
}

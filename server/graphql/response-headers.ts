import type { Plugin } from 'graphql-yoga';
import { getHttpError, type PlainErrorCode } from '../../schema/graphql-errors.ts';
import { requestContext } from '../../src/platform/observability/request-context.ts';
import { getTraceId } from '../../src/platform/observability/tracing.ts';

/** The errors that Yoga sends without a body, by HTTP status. */
const CODES_WITHOUT_BODY = new Map<number, PlainErrorCode>([
  [406, 'NOT_ACCEPTABLE'],
  [415, 'UNSUPPORTED_MEDIA_TYPE'],
]);

/**
 * Completes every response; must be the last plugin. Errors get a code and the request's id, which is also a
 * header. Caches must not store a response: counts change by the second, and many fields depend on the
 * viewer. Proxies must not buffer a stream.
 */
export function useResponseHeaders(): Plugin {
  return {
    onResultProcess({ result }) {
      if (Array.isArray(result) || !('errors' in result)) return;
      for (const { extensions } of result.errors ?? []) {
        if (!extensions) continue;
        extensions.requestId ??= requestContext.getStore()?.requestId;
        extensions.traceId ??= getTraceId();
      }
    },
    onResponse({ response, setResponse, fetchAPI: { Response } }) {
      const requestId = requestContext.getStore()?.requestId;
      const { status, headers } = response;
      const code = headers.has('content-type') ? undefined : CODES_WITHOUT_BODY.get(status);
      if (requestId) headers.set('x-request-id', requestId);
      const isStream = headers.get('content-type')?.startsWith('text/event-stream');
      // A proxy that compresses would buffer events until they fill a block.
      headers.set('cache-control', isStream ? 'no-store, no-transform' : 'no-store');
      // https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_buffering
      if (isStream) headers.set('x-accel-buffering', 'no');
      headers.append('vary', 'accept, accept-language');
      if (code) {
        const { message } = getHttpError(code);
        headers.set('content-type', 'application/json; charset=utf-8');
        const errors = [{ message, extensions: { code, requestId } }];
        setResponse(new Response(JSON.stringify({ errors }), { status, headers }));
      }
    },
  };
}

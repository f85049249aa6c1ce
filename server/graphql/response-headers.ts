import type { Plugin } from 'graphql-yoga';
import { requestContext } from '../../src/platform/observability/request-context.ts';
import { currentTraceId } from '../../src/platform/observability/tracing.ts';

/** What Yoga answers with a status alone. */
const BARE = new Map([
  [406, { code: 'NOT_ACCEPTABLE', message: 'Accept application/json, or text/event-stream to subscribe.' }],
  [
    415,
    { code: 'UNSUPPORTED_MEDIA_TYPE', message: 'Send application/json, or multipart/form-data for a file.' },
  ],
]);

/**
 * Makes every answer alike, whoever made it: its errors have a code and the request's id, which is in a header too; no
 * cache keeps it, as counts change by the second and much depends on the viewer; and nothing on the way holds back the
 * events of a stream. To be the last plugin.
 */
export function useResponseHeaders(): Plugin {
  return {
    onResultProcess({ result }) {
      if (Array.isArray(result) || !('errors' in result)) return;
      for (const { extensions } of result.errors ?? []) {
        if (!extensions) continue;
        extensions.requestId ??= requestContext.getStore()?.requestId;
        extensions.traceId ??= currentTraceId();
      }
    },
    onResponse({ response: answer, setResponse, fetchAPI: { Response } }) {
      const requestId = requestContext.getStore()?.requestId;
      const { status, headers } = answer;
      const bare = headers.has('content-type') ? undefined : BARE.get(status);
      if (requestId) headers.set('x-request-id', requestId);
      const isStream = headers.get('content-type')?.startsWith('text/event-stream');
      // Without a transformation a proxy that compresses would wait for enough to compress.
      headers.set('cache-control', isStream ? 'no-store, no-transform' : 'no-store');
      // https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_buffering
      if (isStream) headers.set('x-accel-buffering', 'no');
      headers.append('vary', 'accept, accept-language');
      if (bare) {
        const { code, message } = bare;
        headers.set('content-type', 'application/json; charset=utf-8');
        const errors = [{ message, extensions: { code, requestId } }];
        setResponse(new Response(JSON.stringify({ errors }), { status, headers }));
      }
    },
  };
}

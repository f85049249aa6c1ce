import type { IncomingMessage, ServerResponse } from 'node:http';
import { parse, print } from 'graphql';
import { sendJson } from '../../src/platform/health/health.ts';
import { readExample } from './examples.ts';
import { createExplorerHeaders, toCspHash } from './explorer-headers.ts';

const BASE = '/altair';

/**
 * Creates the handler that serves Altair from this server. Altair can upload files, which GraphiQL cannot.
 */
export function createAltair(
  publicUrl: string,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  let loaded: ReturnType<typeof loadAltair> | undefined;
  return async (request, response) => {
    loaded ??= loadAltair(publicUrl);
    const { html, headers, isSandboxFrame, sandboxHeaders, serveAsset } = await loaded;
    const path = (request.url ?? '').slice(BASE.length).split('?', 1)[0] ?? '';
    if (path === '') {
      response.writeHead(308, { location: `${BASE}/` }).end();
    } else if (path === '/') {
      response.writeHead(200, headers).end(html);
    } else {
      if (isSandboxFrame(path)) response.setHeaders(new Map(Object.entries(sandboxHeaders)));
      request.url = path;
      serveAsset(request, response, () => sendJson(response, 404, { error: 'Not found' }));
    }
  };
}

/** Loads Altair's files, which a server needs only when it serves Altair. */
async function loadAltair(publicUrl: string) {
  const { getDistDirectory, isSandboxFrame, renderAltair, SANDBOX_FRAME_CSP } = await import('altair-static');
  const { default: sirv } = await import('sirv');
  const example = await readExample('upload', publicUrl);
  const html = renderAltair({
    baseURL: `${BASE}/`,
    endpointURL: '/graphql',
    initialName: 'Upload a video',
    initialQuery: UPLOAD_INSTRUCTIONS + print(parse(example.query)),
    initialVariables: example.variables,
    // An empty header is anonymous; the server rejects an invalid token.
    initialHeaders: { authorization: '', 'x-graphql-yoga-csrf': '1' },
    initialSubscriptionRequestHandlerId: 'graphql-sse',
    disableAccount: true,
    // The banners advertise third-party plugins.
    persistedSettings: { 'banners.disable': true },
  });
  const start = html.slice(html.lastIndexOf('<script'));
  const script = start.slice(start.indexOf('>') + 1, start.indexOf('</script>'));
  return {
    html,
    headers: {
      ...createExplorerHeaders({
        'script-src': `'self' 'sha256-${toCspHash(script)}'`,
        'worker-src': "'self' blob:",
        'frame-src': "'self'",
      }),
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
    },
    isSandboxFrame,
    sandboxHeaders: {
      'content-security-policy': `${SANDBOX_FRAME_CSP}; frame-ancestors 'self'`,
      // A sandboxed frame has an opaque origin, so requests for its own files are cross-origin.
      'access-control-allow-origin': '*',
    },
    serveAsset: sirv(getDistDirectory(), {
      etag: true,
      maxAge: 3600,
      setHeaders: response => response.setHeader('x-content-type-options', 'nosniff'),
    }),
  };
}

const UPLOAD_INSTRUCTIONS = `# 1. Headers (the top button on the left):
#    set authorization to "Bearer " and your access token.
# 2. Variables (at the bottom): "Add files", name it "file",
#    and choose an MP4 or QuickTime video.
# 3. "Send Request". The response does not wait for processing;
#    follow the video with the last tab of /graphql.
`;

import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import fresh from 'fresh';
import type { GraphiQLOptions } from 'graphql-yoga';
import Negotiator from 'negotiator';
import { EXAMPLE_NAMES, readExample } from './examples.ts';
import { createExplorerHeaders, toCspHash } from './explorer-headers.ts';

interface Page {
  gzipped: Buffer;
  headers: Record<string, string>;
}

/** Returns whether a request for `/graphql` prefers HTML, as browsers do and GraphQL clients do not. */
export function prefersHtml(request: IncomingMessage): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false;
  return new Negotiator(request).mediaType(['application/json', 'text/html']) === 'text/html';
}

/**
 * Creates the handler that serves GraphiQL with the examples as its tabs. The page is self-contained, so it
 * works offline. The page has 9 MB: the first request renders it, and memory holds it compressed. A client
 * with the same entity tag receives 304.
 */
export function createGraphiql(
  publicUrl: string,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  let rendered: Promise<Page> | undefined;
  return async (request, response) => {
    rendered ??= renderPage(publicUrl);
    const { gzipped, headers } = await rendered;
    if (fresh(request.headers, headers)) {
      response.writeHead(304, headers).end();
    } else if (new Negotiator(request).encoding(['gzip', 'identity']) === 'gzip') {
      response.writeHead(200, { ...headers, 'content-encoding': 'gzip', 'content-length': gzipped.length });
      response.end(gzipped);
    } else {
      response.writeHead(200, headers).end(await promisify(gunzip)(gzipped));
    }
  };
}

async function renderPage(publicUrl: string): Promise<Page> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const html = renderGraphiQL(await createOptions(publicUrl));
  const script = html.slice(html.indexOf('<script>') + '<script>'.length, html.lastIndexOf('</script>'));
  return {
    gzipped: await promisify(gzip)(html),
    headers: {
      ...createExplorerHeaders({
        'script-src': `'sha256-${toCspHash(script)}'`,
        // The editor starts its language workers from blobs of the page.
        'worker-src': 'blob:',
      }),
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      // Weak, because the tag is the same for the compressed and the plain page.
      etag: `W/"${toCspHash(html)}"`,
      vary: 'accept, accept-encoding',
    },
  };
}

async function createOptions(publicUrl: string): Promise<GraphiQLOptions> {
  const examples = await Promise.all(EXAMPLE_NAMES.map(name => readExample(name, publicUrl)));
  // An empty header is anonymous; the server rejects an invalid token.
  const headers = JSON.stringify({ authorization: '' }, null, 2);
  return {
    title: 'ANB Rising Stars',
    defaultTabs: examples.map(example => ({ ...example, headers })),
    headers,
    defaultEditorToolsVisibility: 'variables',
    shouldPersistHeaders: true,
    additionalHeaders: { 'x-graphql-yoga-csrf': '1' },
    subscriptionsProtocol: 'SSE',
  };
}

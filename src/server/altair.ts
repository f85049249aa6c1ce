import type { IncomingMessage, ServerResponse } from 'node:http';
import { getDistDirectory, isSandboxFrame, renderAltair, SANDBOX_FRAME_CSP } from 'altair-static';
import sirv from 'sirv';
import { sendJson } from '../platform/health.ts';

const BASE = '/altair';
const serveAsset = sirv(getDistDirectory(), { etag: true, maxAge: 3600 });

/** Altair, a GraphQL client that can upload files, which GraphiQL can't; all of it from this server. */
export function serveAltair(request: IncomingMessage, response: ServerResponse): void {
  const path = (request.url ?? '').slice(BASE.length).split('?', 1)[0] ?? '';
  if (path === '') {
    response.writeHead(308, { location: `${BASE}/` }).end();
  } else if (path === '/') {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page());
  } else {
    if (isSandboxFrame(path)) response.setHeader('content-security-policy', SANDBOX_FRAME_CSP);
    request.url = path;
    serveAsset(request, response, () => sendJson(response, 404, { error: 'Not found' }));
  }
}

function page(): string {
  return renderAltair({
    baseURL: `${BASE}/`,
    endpointURL: '/graphql',
    initialName: 'Upload a video',
    initialQuery: UPLOAD,
    initialVariables: JSON.stringify({ title: 'Crossover at sunset', file: null }, null, 2),
    initialHeaders: { authorization: 'Bearer ', 'x-graphql-yoga-csrf': '1' },
    persistedSettings: { 'schema.reloadOnStart': true },
  });
}

const UPLOAD = `# Paste an access token into the header "authorization", then add a file named "file" below.
mutation UploadVideo($title: String!, $file: Upload!) {
  uploadVideo(input: { title: $title, file: $file }) {
    __typename
    ... on Video { id status }
    ... on Error { code message }
  }
}
`;

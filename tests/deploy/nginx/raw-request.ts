import { once } from 'node:events';
import { type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http';
import { buffer } from 'node:stream/consumers';

export interface RawResponse {
  status: number;
  headers: IncomingMessage['headers'];
  /** Names and values alternately, in the case of the response. */
  rawHeaders: string[];
  body: Buffer;
}

/** Sends a request for the literal `path`; fetch would normalize the path. */
export async function sendRaw(
  { url }: { url: string },
  path: string,
  {
    method = 'GET',
    headers = {},
    body,
  }: { method?: string; headers?: OutgoingHttpHeaders; body?: string } = {},
): Promise<RawResponse> {
  const { hostname, port } = new URL(url);
  const sent = request({ hostname, port, path, method, headers });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const { statusCode: status = 0, rawHeaders } = response;
  return { status, headers: response.headers, rawHeaders, body: await buffer(response) };
}

/** Posts an operation to `/graphql`. */
export const postQuery = (server: { url: string }, query: string): Promise<RawResponse> =>
  sendRaw(server, '/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ query }),
  });

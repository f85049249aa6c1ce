import type { IncomingMessage } from 'node:http';

/**
 * Returns a request's path without its query, exactly as the client sent it. A proxy in front checks the path
 * as sent, so the path is not normalized. Normalizing a malformed path would also throw.
 */
export function getRequestPath({ url = '/' }: IncomingMessage): string {
  // A client may send the absolute URL (RFC 9112 §3.2.2).
  if (!url.startsWith('/')) return URL.parse(url)?.pathname ?? url;
  return url.split('?', 1)[0] ?? url;
}

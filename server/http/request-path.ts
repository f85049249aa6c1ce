import type { IncomingMessage } from 'node:http';

/**
 * Returns a request's path without its query, exactly as the client sent it. The path is never normalized: a
 * proxy in front checks the path as sent, and normalizing a malformed path throws.
 */
export function getRequestPath({ url = '/' }: IncomingMessage): string {
  // A client may send the absolute URL (RFC 9112 §3.2.2).
  if (!url.startsWith('/')) return URL.parse(url)?.pathname ?? url;
  return url.split('?', 1)[0] ?? url;
}

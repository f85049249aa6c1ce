import type { IncomingMessage } from 'node:http';

/**
 * The path that a request asks for, as it was sent. Never tidied up: a proxy in front would have judged another one, and
 * what can't be tidied up would throw.
 */
export function getRequestPath({ url = '/' }: IncomingMessage): string {
  // A client may name the whole address (RFC 9112 §3.2.2).
  if (!url.startsWith('/')) return URL.parse(url)?.pathname ?? url;
  return url.split('?', 1)[0] ?? url;
}

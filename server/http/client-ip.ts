import type { IncomingMessage } from 'node:http';
import proxyAddr from 'proxy-addr';

/**
 * Creates a reader of client IP addresses. The address is the peer's, or the one that trusted proxies report
 * in `X-Forwarded-For`.
 */
export function createClientIpReader(
  trustedProxies: readonly string[],
): (request: IncomingMessage) => string {
  const trust = proxyAddr.compile([...trustedProxies]);
  return request => proxyAddr(request, trust);
}

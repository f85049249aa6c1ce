import type { IncomingMessage } from 'node:http';
import Negotiator from 'negotiator';
import proxyAddr from 'proxy-addr';
import { LANGUAGES, type Language } from '../../src/platform/text/languages.ts';

/** Reads a client's IP address: the peer's, or what listed proxies say of it in `X-Forwarded-For`. */
export function createClientIpReader(
  trustedProxies: readonly string[],
): (request: IncomingMessage) => string {
  const trust = proxyAddr.compile([...trustedProxies]);
  return request => proxyAddr(request, trust);
}

/** The language a client likes best by its `Accept-Language` (RFC 9110 §12.5.4); English when it likes neither. */
export function getLanguage(request: IncomingMessage): Language {
  const [best] = new Negotiator(request).languages([...LANGUAGES]);
  return LANGUAGES.find(language => language === best) ?? LANGUAGES[0];
}

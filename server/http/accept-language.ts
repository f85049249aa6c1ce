import type { IncomingMessage } from 'node:http';
import Negotiator from 'negotiator';
import { LANGUAGES, type Language } from '../../src/platform/text/languages.ts';

/**
 * Returns the language that `Accept-Language` prefers (RFC 9110 §12.5.4). The default is English, also for a
 * client that accepts neither language.
 */
export function getLanguage(request: IncomingMessage): Language {
  const [best] = new Negotiator(request).languages([...LANGUAGES]);
  return LANGUAGES.find(language => language === best) ?? LANGUAGES[0];
}

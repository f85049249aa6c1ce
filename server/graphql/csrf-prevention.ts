import type { Plugin } from 'graphql-yoga';
import { requestError } from '../../schema/graphql-errors.ts';

/** Headers that no form can set. Browsers send them to another origin only after a CORS preflight. */
const PREFLIGHT_HEADERS = ['x-graphql-yoga-csrf', 'graphql-require-preflight', 'apollo-require-preflight'];

/** Content types of forms: the CORS-safelisted values of the Fetch standard. */
const FORM_TYPES = /^\s*(application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)\b/i;

/**
 * Rejects a request that a form on any page could send: 403, `PREFLIGHT_REQUIRED`, before the body is read. A
 * GET passes without such a header: it changes nothing, and browsers never add an access token by themselves.
 */
export function useCsrfPrevention(): Plugin {
  return {
    onRequestParse({ request: { method, headers } }) {
      const type = headers.get('content-type');
      if (method === 'GET' || (type !== null && !FORM_TYPES.test(type))) return;
      if (PREFLIGHT_HEADERS.some(name => headers.has(name))) return;
      throw requestError('PREFLIGHT_REQUIRED', { headers: PREFLIGHT_HEADERS.join(', ') });
    },
  };
}

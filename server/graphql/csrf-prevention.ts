import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/** Any of these shows that a browser asked the server first (a CORS preflight), so that no form can send it. */
const PREFLIGHT_HEADERS = ['x-graphql-yoga-csrf', 'graphql-require-preflight', 'apollo-require-preflight'];

/** The types that a form can send, by the Fetch standard's list of CORS-safelisted request-headers. */
const FORM_TYPES = /^\s*(application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)\b/i;

/**
 * Refuses with 403, `PREFLIGHT_REQUIRED`, what a page of any origin could have sent by a form, before its body is read.
 * A GET needs no such header: it changes nothing, and who it is for is told by a token that no browser adds by itself.
 */
export function useCsrfPrevention(): Plugin {
  return {
    onRequestParse({ request: { method, headers } }) {
      const type = headers.get('content-type');
      if (method === 'GET' || (type !== null && !FORM_TYPES.test(type))) return;
      if (PREFLIGHT_HEADERS.some(name => headers.has(name))) return;
      throw new GraphQLError(`Send one of the headers ${PREFLIGHT_HEADERS.join(', ')}.`, {
        extensions: { code: 'PREFLIGHT_REQUIRED', http: { status: 403 } },
      });
    },
  };
}

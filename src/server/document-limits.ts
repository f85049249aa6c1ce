import { maxAliasesPlugin } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthPlugin } from '@escape.tech/graphql-armor-max-depth';
import { maxDirectivesPlugin } from '@escape.tech/graphql-armor-max-directives';
import { maxTokensPlugin } from '@escape.tech/graphql-armor-max-tokens';
import { type DocumentNode, GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';

const MOST = { tokens: 1000, depth: 8, aliases: 15, directives: 5 };
const CACHED_CHARACTERS = 4 * 1024 ** 2;

/**
 * Refuses documents that are larger than any client of ours needs, before anything is executed: 400, `DOCUMENT_TOO_LARGE`.
 * Whoever may see the schema may also ask for it in as many levels as it takes.
 */
export function documentLimits(isSchemaOpen: boolean): Plugin[] {
  const refuseOver = (part: keyof typeof MOST) => ({
    n: MOST[part],
    onReject: [
      () => {
        throw tooLarge(part);
      },
    ],
  });
  return [
    maxTokensPlugin(refuseOver('tokens')),
    maxDepthPlugin({ ...refuseOver('depth'), ignoreIntrospection: isSchemaOpen }),
    maxAliasesPlugin({ ...refuseOver('aliases'), allowList: [] }),
    maxDirectivesPlugin(refuseOver('directives')),
  ];
}

/** Keeps parsed documents and syntax errors by their text, up to a total length: a client chooses how long each is. */
export function createDocumentCaches() {
  const cache = <Parsed extends object>() =>
    new LRUCache<string, Parsed>({
      max: 1000,
      maxSize: CACHED_CHARACTERS,
      sizeCalculation: (_parsed, text) => text.length + 1,
    });
  return { documentCache: cache<DocumentNode>(), errorCache: cache<Error>() };
}

function tooLarge(part: keyof typeof MOST): GraphQLError {
  return new GraphQLError(`The document is too large: ${MOST[part]} is the limit of its ${part}.`, {
    extensions: { code: 'DOCUMENT_TOO_LARGE', limit: MOST[part], http: { status: 400 } },
  });
}

import { maxAliasesPlugin } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthPlugin } from '@escape.tech/graphql-armor-max-depth';
import { maxDirectivesPlugin } from '@escape.tech/graphql-armor-max-directives';
import { maxTokensPlugin } from '@escape.tech/graphql-armor-max-tokens';
import { type DocumentNode, GraphQLError, Kind, visit } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';

const MOST = { tokens: 1000, depth: 8, aliases: 15, directives: 5, repetitions: 30 };
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
    refuseRepetitions(),
    maxDepthPlugin({ ...refuseOver('depth'), ignoreIntrospection: isSchemaOpen }),
    maxAliasesPlugin({ ...refuseOver('aliases'), allowList: [] }),
    maxDirectivesPlugin(refuseOver('directives')),
  ];
}

/**
 * Refuses a document that selects from one field again and again. Validation compares each such pair: 240 of them, without
 * an alias and within all other limits, take it a tenth of a second.
 */
function refuseRepetitions(): Plugin {
  const accepted = new WeakSet<DocumentNode>();
  return {
    onParse: () => {
      return ({ result }) => {
        if (result === null || result instanceof Error || accepted.has(result)) return;
        const counts = new Map<string, number>();
        visit(result, {
          [Kind.FIELD]({ alias, name, selectionSet }) {
            if (selectionSet === undefined) return;
            const key = (alias ?? name).value;
            const count = (counts.get(key) ?? 0) + 1;
            if (count > MOST.repetitions) throw tooLarge('repetitions');
            counts.set(key, count);
          },
        });
        accepted.add(result);
      };
    },
  };
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

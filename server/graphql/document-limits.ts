import { maxAliasesPlugin } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthPlugin } from '@escape.tech/graphql-armor-max-depth';
import { maxDirectivesPlugin } from '@escape.tech/graphql-armor-max-directives';
import { maxTokensPlugin } from '@escape.tech/graphql-armor-max-tokens';
import { type DocumentNode, type GraphQLError, Kind, visit } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import { requestError } from '../../schema/graphql-errors.ts';

const LIMITS = { tokens: 1000, depth: 8, aliases: 15, directives: 5, repetitions: 30 };
/** Limit on the total length of the cached documents. */
const CACHED_CHARACTERS = 4 * 1024 ** 2;

/**
 * Rejects documents that exceed a limit, before execution: 400, `DOCUMENT_TOO_LARGE`. Introspection queries
 * may have any depth while the schema is open.
 */
export function useDocumentLimits(isSchemaOpen: boolean): Plugin[] {
  const rejectOver = (unit: keyof typeof LIMITS) => ({
    n: LIMITS[unit],
    onReject: [
      () => {
        throw documentTooLarge(unit);
      },
    ],
  });
  return [
    maxTokensPlugin(rejectOver('tokens')),
    rejectRepetitions(),
    maxDepthPlugin({ ...rejectOver('depth'), ignoreIntrospection: isSchemaOpen }),
    maxAliasesPlugin({ ...rejectOver('aliases'), allowList: [] }),
    maxDirectivesPlugin(rejectOver('directives')),
  ];
}

/**
 * Rejects a document that selects from one field too often. Validation compares each pair of such selections.
 * 240 selections, without an alias and within all other limits, take 100 ms.
 */
function rejectRepetitions(): Plugin {
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
            if (count > LIMITS.repetitions) throw documentTooLarge('repetitions');
            counts.set(key, count);
          },
        });
        accepted.add(result);
      };
    },
  };
}

/** Creates the caches of parsed documents and syntax errors by text, with a limit on their total length. */
export function createDocumentCaches() {
  const cache = <Parsed extends object>() =>
    new LRUCache<string, Parsed>({
      max: 1000,
      maxSize: CACHED_CHARACTERS,
      sizeCalculation: (_parsed, text) => text.length + 1,
    });
  return { documentCache: cache<DocumentNode>(), errorCache: cache<Error>() };
}

function documentTooLarge(unit: keyof typeof LIMITS): GraphQLError {
  const limit = LIMITS[unit];
  return requestError('DOCUMENT_TOO_LARGE', { limit, unit }, { extensions: { limit } });
}

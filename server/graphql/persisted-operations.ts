import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';

/** Texts of operations by their SHA-256 in lower-case hexadecimal. */
export type TrustedDocuments = ReadonlyMap<string, string>;

const REMEMBERED_CHARACTERS = 4 * 1024 ** 2;
const SHA_256 = z.string().regex(/^[\da-f]{64}$/);
const MANIFEST = z.record(SHA_256, z.string());
const ID = z.object({ persistedQuery: z.object({ version: z.literal(1), sha256Hash: SHA_256 }) });

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/**
 * The operations in a manifest as GraphQL Code Generator's client preset writes it with `persistedDocuments` and
 * `hashAlgorithm: 'sha256'`: an object of texts by their hashes.
 *
 * @throws {Error} when it is no such file, or a text does not have its hash.
 */
export async function readTrustedDocuments(path: string): Promise<TrustedDocuments> {
  try {
    const documents = new Map(Object.entries(MANIFEST.parse(JSON.parse(await readFile(path, 'utf8')))));
    const wrong = documents.entries().find(([hash, text]) => sha256(text) !== hash);
    if (wrong) throw new Error(`${wrong[0]} is not the SHA-256 of its document`);
    return documents;
  } catch (cause) {
    throw new Error(`TRUSTED_DOCUMENTS: ${path} is no manifest of operations`, { cause });
  }
}

/** Executes trusted operations only, by hash or by text, over every transport; others get 400, `DOCUMENT_NOT_TRUSTED`. */
export function useTrustedDocuments(documents: TrustedDocuments): Plugin {
  return {
    onParams({ params, setParams }) {
      const query = documents.get(idOf(params.extensions) ?? '');
      if (query !== undefined) setParams({ ...params, query });
      else if (params.query === undefined) throw notTrusted();
    },
    // Here, as operations over WebSocket have no other door in common with those over HTTP.
    onParse({ params: { source } }) {
      if (!documents.has(sha256(String(source)))) throw notTrusted();
    },
  };
}

/**
 * Automatic persisted queries, as Apollo's protocol has them: an operation that came once with its hash is known by the
 * hash, until newer ones push it out. An unknown hash is answered with 200, `PERSISTED_QUERY_NOT_FOUND`, upon which
 * clients send the text too; one that is not the text's with 400, `PERSISTED_QUERY_MISMATCH`.
 */
export function useAutomaticPersistedQueries(): Plugin {
  const known = new LRUCache<string, string>({
    maxSize: REMEMBERED_CHARACTERS,
    sizeCalculation: text => text.length + 1,
  });
  return {
    onParams({ params, setParams }) {
      const id = idOf(params.extensions);
      if (id === null) return;
      if (params.query === undefined || params.query === '') {
        const query = known.get(id);
        if (query === undefined) throw notFound();
        setParams({ ...params, query });
      } else if (sha256(params.query) === id) known.set(id, params.query);
      else throw mismatch();
    },
  };
}

function idOf(extensions: unknown): string | null {
  const { success, data } = ID.safeParse(extensions);
  return success ? data.persistedQuery.sha256Hash : null;
}

function notTrusted(): GraphQLError {
  return new GraphQLError('Only operations that were registered beforehand are executed here.', {
    extensions: { code: 'DOCUMENT_NOT_TRUSTED', http: { status: 400 } },
  });
}

function notFound(): GraphQLError {
  return new GraphQLError('PersistedQueryNotFound', {
    extensions: {
      code: 'PERSISTED_QUERY_NOT_FOUND',
      http: { status: 200, headers: { 'cache-control': 'no-store' } },
    },
  });
}

function mismatch(): GraphQLError {
  return new GraphQLError('The hash is not that of the query.', {
    extensions: { code: 'PERSISTED_QUERY_MISMATCH', http: { status: 400 } },
  });
}

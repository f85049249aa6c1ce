import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Plugin } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { requestError } from '../../schema/graphql-errors.ts';

/** Documents by their SHA-256 in lower-case hexadecimal. */
export type TrustedDocuments = ReadonlyMap<string, string>;

/** Limit on the total length of the stored documents. */
const STORED_CHARACTERS = 4 * 1024 ** 2;
const SHA_256 = z.string().regex(/^[\da-f]{64}$/);
const MANIFEST = z.record(SHA_256, z.string());
const EXTENSIONS = z.object({ persistedQuery: z.object({ version: z.literal(1), sha256Hash: SHA_256 }) });

/** A cached response would repeat the error after the document is stored. */
const NO_STORE = { headers: { 'cache-control': 'no-store' } };

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/**
 * Reads the operations of a manifest: a JSON object of documents by hash. GraphQL Code Generator's client
 * preset writes such a file with `persistedDocuments` and `hashAlgorithm: 'sha256'`.
 *
 * @throws {Error} when the file is not such a manifest, or a document does not match its hash.
 */
export async function readTrustedDocuments(path: string): Promise<TrustedDocuments> {
  try {
    const documents = new Map(Object.entries(MANIFEST.parse(JSON.parse(await readFile(path, 'utf8')))));
    const mismatched = documents.entries().find(([hash, text]) => sha256(text) !== hash);
    if (mismatched) throw new Error(`${mismatched[0]} is not the SHA-256 of its document`);
    return documents;
  } catch (cause) {
    throw new Error(`TRUSTED_DOCUMENTS: ${path} is not a manifest of operations`, { cause });
  }
}

/**
 * Executes only trusted operations, by hash or by text, over every transport. Rejects all others: 400,
 * `DOCUMENT_NOT_TRUSTED`.
 */
export function useTrustedDocuments(documents: TrustedDocuments): Plugin {
  return {
    onParams({ params, setParams }) {
      const query = documents.get(readHash(params.extensions) ?? '');
      if (query !== undefined) setParams({ ...params, query });
      else if (params.query === undefined) throw requestError('DOCUMENT_NOT_TRUSTED');
    },
    // Parsing is the first step that HTTP and WebSocket share.
    onParse({ params: { source } }) {
      if (!documents.has(sha256(String(source)))) throw requestError('DOCUMENT_NOT_TRUSTED');
    },
  };
}

/**
 * Stores operations by hash, with Apollo's protocol of automatic persisted queries. New operations evict the
 * least recently used ones. Responds to an unknown hash with 200, `PERSISTED_QUERY_NOT_FOUND`, so that the
 * client sends the text as well. Rejects a hash that does not match its text: 400,
 * `PERSISTED_QUERY_MISMATCH`.
 */
export function useAutomaticPersistedQueries(): Plugin {
  const documents = new LRUCache<string, string>({
    maxSize: STORED_CHARACTERS,
    sizeCalculation: text => text.length + 1,
  });
  return {
    onParams({ params, setParams }) {
      const hash = readHash(params.extensions);
      if (hash === null) return;
      if (params.query === undefined || params.query === '') {
        const query = documents.get(hash);
        if (query === undefined) throw requestError('PERSISTED_QUERY_NOT_FOUND', {}, NO_STORE);
        setParams({ ...params, query });
      } else if (sha256(params.query) === hash) documents.set(hash, params.query);
      else throw requestError('PERSISTED_QUERY_MISMATCH');
    },
  };
}

function readHash(extensions: unknown): string | null {
  const { success, data } = EXTENSIONS.safeParse(extensions);
  return success ? data.persistedQuery.sha256Hash : null;
}

import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { Agent, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type FileUpload, GraphQLUpload } from 'graphql-upload-minimal';
import { createSchema, createYoga } from 'graphql-yoga';
import { expect } from 'vitest';
import { useCsrfPrevention } from '../../../server/graphql/csrf-prevention.ts';
import { createRequestListener } from '../../../server/http/request-listener.ts';
import { useRequestBody } from '../../../server/uploads/request-body.ts';
import { createLogger } from '../../../src/platform/observability/logger.ts';
import { openLocalStorage } from '../../../src/platform/storage/local-storage.ts';
import { BodyTooLarge } from '../../../src/platform/storage/storage.ts';
import { BOUNDARY, createMultipartUpload, post, waitForCondition } from './multipart.ts';

const typeDefs = /* GraphQL */ `
  scalar Upload
  type Stored { sizeBytes: Int! }
  type FileTooLarge { limitBytes: Int! }
  union StoreResult = Stored | FileTooLarge
  input StoreInput { title: String file: Upload }
  type Query { hello(name: String): String! }
  type Mutation {
    store(file: Upload!): StoreResult!
    storeInput(input: StoreInput!): StoreResult!
    storeList(files: [Upload!]!): StoreResult!
    ignore(file: Upload!): Boolean!
    storeLate(file: Upload!): StoreResult!
  }
`;

export const LIMITS = { maxFileBytes: 1_000_000, maxJsonBytes: 65_536, idleSeconds: 0.3 };
export const RESULT = '{ __typename ... on Stored { sizeBytes } ... on FileTooLarge { limitBytes } }';
export const STORE = {
  query: `mutation ($file: Upload!) { store(file: $file) ${RESULT} }`,
  variables: { file: null },
};
export const HEADERS = {
  accept: 'application/graphql-response+json',
  'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
  'graphql-require-preflight': '1',
};

/** Returns the response body for a stored file. */
export const toStoredResult = (sizeBytes: number, field = 'store') => ({
  data: { [field]: { __typename: 'Stored', sizeBytes } },
});

export type TestUploadServer = Awaited<ReturnType<typeof openUploadServer>>;

/**
 * Starts a server with uploads alone: Yoga with {@link useRequestBody}, which stores into a dedicated folder.
 */
export async function openUploadServer() {
  const folder = await mkdtemp(join(tmpdir(), 'anb-upload-server-'));
  const storage = await openLocalStorage(folder);

  const store = async (upload: Promise<FileUpload>) => {
    try {
      const body = (await upload).createReadStream();
      const stored = await storage.write(`original/${randomUUID()}`, body, { maxBytes: LIMITS.maxFileBytes });
      return { __typename: 'Stored', ...stored };
    } catch (error) {
      if (error instanceof BodyTooLarge) return { __typename: 'FileTooLarge', limitBytes: error.limitBytes };
      throw error;
    }
  };
  const resolvers = {
    Upload: GraphQLUpload,
    Query: { hello: (_: unknown, { name }: { name?: string }) => `Hello ${name ?? 'you'}` },
    Mutation: {
      store: (_: unknown, { file }: { file: Promise<FileUpload> }) => store(file),
      storeInput: (_: unknown, { input }: { input: { file: Promise<FileUpload> } }) => store(input.file),
      storeList: async (_: unknown, { files: [file] }: { files: Promise<FileUpload>[] }) =>
        file && store(file),
      ignore: () => true,
      storeLate: async (_: unknown, { file }: { file: Promise<FileUpload> }) => {
        await setTimeout(1000);
        return store(file);
      },
    },
  };
  const masked: unknown[] = [];
  const ignore = () => undefined;
  const yoga = createYoga({
    schema: createSchema({ typeDefs, resolvers }),
    plugins: [useCsrfPrevention(), useRequestBody(LIMITS)],
    multipart: false,
    maxRequestBodySize: false,
    logging: { debug: ignore, info: ignore, warn: ignore, error: (...problem) => masked.push(problem) },
  });
  const logger = createLogger({ level: 'silent' }, { process: 'test' });
  const listener = createRequestListener(yoga, { publicUrl: 'http://127.0.0.1', logger });
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const address = { host: '127.0.0.1', port };
  const url = `http://127.0.0.1:${port}/graphql`;
  const filesIn = (area: 'original' | 'temp') => readdir(join(folder, area));
  const send = (content: Buffer, options: { agent?: Agent; headers?: Record<string, string> } = {}) =>
    post(url, content, { ...options, headers: { ...HEADERS, ...options.headers } });

  return {
    address,
    url,
    /** Posts a multipart body. */
    send,
    /** Asserts that after `act` the server accepts an upload, keeps no other file and has masked no error. */
    async expectUnaffected(act: () => Promise<void>): Promise<void> {
      const before = (await filesIn('original')).length;
      await act();
      const { text } = await send(createMultipartUpload(STORE, Buffer.alloc(3)));
      expect(JSON.parse(text)).toEqual(toStoredResult(3));
      expect(await filesIn('original')).toHaveLength(before + 1);
      await waitForCondition(async () => (await filesIn('temp')).length === 0);
      expect(Object.keys(Object.prototype)).toEqual([]);
      // Yoga masks only unexpected errors.
      expect(masked.splice(0)).toEqual([]);
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Builds the head of a multipart request to write to a raw socket. */
export function createRequestHead(
  contentLength: number,
  changes: Record<string, string | undefined> = {},
): string {
  const { ':method': method = 'POST', ...headers } = {
    ...HEADERS,
    host: 'x',
    'content-length': String(contentLength),
    ...changes,
  };
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : `${name}: ${value}`,
  );
  return `${[`${method} /graphql HTTP/1.1`, ...lines].join('\r\n')}\r\n\r\n`;
}

/** Creates an agent that reuses one connection for all requests. */
export function createKeepAliveAgent(): Agent & Disposable {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return Object.assign(agent, { [Symbol.dispose]: () => agent.destroy() });
}

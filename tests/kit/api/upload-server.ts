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
import { useRequestBody } from '../../../server/uploads/request-body.ts';
import { openLocalStorage } from '../../../src/platform/storage/local-storage.ts';
import { BodyTooLarge } from '../../../src/platform/storage/storage.ts';
import { BOUNDARY, eventually, post, upload } from './multipart.ts';

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

/** What the door answers once it has stored a file. */
export const stored = (sizeBytes: number, field = 'store') => ({
  data: { [field]: { __typename: 'Stored', sizeBytes } },
});

export type UploadDoor = Awaited<ReturnType<typeof openUploadDoor>>;

/** The upload door alone: Yoga with {@link useRequestBody} on a real server, storing into a folder of its own. */
export async function openUploadDoor() {
  const folder = await mkdtemp(join(tmpdir(), 'anb-upload-door-'));
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
  const server = createServer(yoga).listen(0, '127.0.0.1');
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
    /** After `act` the server lives, takes an upload, has kept nothing else and was surprised by nothing. */
    async expectUnharmed(act: () => Promise<void>): Promise<void> {
      const before = (await filesIn('original')).length;
      await act();
      const { text } = await send(upload(STORE, Buffer.alloc(3)));
      expect(JSON.parse(text)).toEqual(stored(3));
      expect(await filesIn('original')).toHaveLength(before + 1);
      await eventually(async () => (await filesIn('temp')).length === 0);
      expect(Object.keys(Object.prototype)).toEqual([]);
      // What Yoga masks is what we did not mean to happen.
      expect(masked.splice(0)).toEqual([]);
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The head of a multipart request, for a socket of one's own. */
export function requestHead(contentLength: number, changes: Record<string, string | undefined> = {}): string {
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

/** One connection, used again for each request. */
export function keptAlive(): Agent & Disposable {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return Object.assign(agent, { [Symbol.dispose]: () => agent.destroy() });
}

import type { Upload } from 'graphql-upload-minimal';
import { z } from 'zod';
import { malformedBody } from './body-errors.ts';

/** The operation of a multipart request, and the place of its file in the variables. */
export interface UploadMap {
  /** Name of the part that carries the file. */
  part: string;
  operation: z.output<typeof MULTIPART_OPERATION>;
  /** Puts the upload where the client wrote `null`. */
  setUpload(upload: Upload): void;
}

// At most two digits in an index: a sparse list would be allocated up to it.
const TARGET_PATH = /^variables(\.(?!__proto__\b|constructor\b)[A-Za-z_]\w*|\.\d{1,2})+$/;

/** The operation of a multipart request; its variables hold the place of the file. */
const MULTIPART_OPERATION = z.strictObject({
  query: z.string().nullish(),
  operationName: z.string().nullish(),
  variables: z.record(z.string(), z.unknown()),
  extensions: z.record(z.string(), z.unknown()).nullish(),
});
const MAP = z.record(z.string(), z.tuple([z.string().max(1000).regex(TARGET_PATH)]));

/**
 * Parses the parts `operations` and `map` and checks that writing the file is harmless: one file at one place, below
 * `variables` of a single operation, where the client wrote `null`.
 *
 * @see https://github.com/jaydenseric/graphql-multipart-request-spec
 * @throws {GraphQLError} `BAD_REQUEST` for anything else, batches included.
 */
export function parseUploadMap(operationsText: string, mapText: string): UploadMap {
  const operation = parsePart('operations', operationsText, MULTIPART_OPERATION);
  const targets = Object.entries(parsePart('map', mapText, MAP));
  const [target] = targets;
  if (target === undefined || targets.length > 1) {
    throw malformedBody(`the 'map' part must name exactly one file`);
  }
  const [part, [path]] = target;

  const [holder, key] = findPlace(operation, path);
  return { part, operation, setUpload: upload => void Reflect.set(holder, key, upload) };
}

/** The object or list that a path ends in, and the key there, where the client wrote `null`. */
function findPlace(operation: object, path: string): [holder: object, key: string] {
  let holder = operation;
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  for (const key of keys) {
    const value = Object.hasOwn(holder, key) ? Reflect.get(holder, key) : undefined;
    if (typeof value !== 'object' || value === null) throw notInOperations(path);
    holder = value;
  }
  // Own properties only: a path must not reach a prototype or the length of a list.
  if (!Object.hasOwn(holder, last)) throw notInOperations(path);
  if (Reflect.get(holder, last) !== null) {
    throw malformedBody(`'${path}' must be null in 'operations'`);
  }
  return [holder, last];
}

const notInOperations = (path: string) =>
  malformedBody(`the 'map' part names '${path}', which is not in 'operations'`);

function parsePart<T>(name: string, text: string, shape: z.ZodType<T>): T {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw malformedBody(`the '${name}' part is not valid JSON`, cause);
  }
  const parsed = shape.safeParse(json);
  if (!parsed.success) {
    throw malformedBody(`the '${name}' part does not follow the GraphQL multipart request specification`);
  }
  return parsed.data;
}

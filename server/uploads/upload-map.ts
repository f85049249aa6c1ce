import type { Upload } from 'graphql-upload-minimal';
import { z } from 'zod';
import { malformedBody } from './body-errors.ts';

/** The operation of a multipart request and the target of its file. */
export interface UploadMap {
  /** Name of the part that carries the file. */
  part: string;
  operation: z.output<typeof MULTIPART_OPERATION>;
  /** Replaces the `null` of the target with the upload. */
  setUpload(upload: Upload): void;
}

// An index has at most two digits: a larger one would allocate a sparse list of its size.
const TARGET_PATH = /^variables(\.(?!__proto__\b|constructor\b)[A-Za-z_]\w*|\.\d{1,2})+$/;

/** The operation of a multipart request; one of its variables is the target of the file. */
const MULTIPART_OPERATION = z.strictObject({
  query: z.string().nullish(),
  operationName: z.string().nullish(),
  variables: z.record(z.string(), z.unknown()),
  extensions: z.record(z.string(), z.unknown()).nullish(),
});
const MAP = z.record(z.string(), z.tuple([z.string().max(1000).regex(TARGET_PATH)]));

/**
 * Parses the parts `operations` and `map`. Accepts one file with one target: a `null` below `variables` of a
 * single operation.
 *
 * @see https://github.com/jaydenseric/graphql-multipart-request-spec
 * @throws {GraphQLError} `BAD_REQUEST` for all other parts, batches included.
 */
export function parseUploadMap(operationsText: string, mapText: string): UploadMap {
  const operation = parsePart('operations', operationsText, MULTIPART_OPERATION);
  const targets = Object.entries(parsePart('map', mapText, MAP));
  const [target] = targets;
  if (target === undefined || targets.length > 1) {
    throw malformedBody(`the 'map' part must name exactly one file`);
  }
  const [part, [path]] = target;

  const { parent, key } = findTarget(operation, path);
  return { part, operation, setUpload: upload => void Reflect.set(parent, key, upload) };
}

/** Returns the object or list that holds the last key of a path, and that key, whose value is `null`. */
function findTarget(operation: object, path: string): { parent: object; key: string } {
  let parent = operation;
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  for (const key of keys) {
    const value = Object.hasOwn(parent, key) ? Reflect.get(parent, key) : undefined;
    if (typeof value !== 'object' || value === null) throw notInOperations(path);
    parent = value;
  }
  // Own properties only: a path must not reach a prototype or the length of a list.
  if (!Object.hasOwn(parent, last)) throw notInOperations(path);
  if (Reflect.get(parent, last) !== null) {
    throw malformedBody(`'${path}' must be null in 'operations'`);
  }
  return { parent, key: last };
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

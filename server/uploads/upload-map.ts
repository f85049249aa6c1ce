import { z } from 'zod';
import { RequestBodyError } from './body-errors.ts';

/** Where the one file of a multipart request belongs. */
export interface UploadMap {
  /** Name of the part that carries the file. */
  part: string;
  /** Path of the variable, such as `variables.input.file`. */
  path: string;
}

// No list index of three digits: a list filled up to it would be ours to allocate.
const TARGET_PATH = /^variables(\.(?!__proto__\b|constructor\b)[A-Za-z_]\w*|\.\d{1,2})+$/;

/** The operation of a multipart request; it has variables, or its file would have no place. */
export const MULTIPART_OPERATION = z.strictObject({
  query: z.string().nullish(),
  operationName: z.string().nullish(),
  variables: z.record(z.string(), z.unknown()),
  extensions: z.record(z.string(), z.unknown()).nullish(),
});
const MAP = z.record(z.string(), z.tuple([z.string().max(1000).regex(TARGET_PATH)]));

/**
 * The target that the `map` part gives to the file, once it is certain that writing there is harmless: one file at one
 * place, below `variables` of a single operation, where the client itself wrote `null`.
 *
 * @see https://github.com/jaydenseric/graphql-multipart-request-spec
 * @throws {RequestBodyError} for anything else, batches included.
 */
export function parseUploadMap(operationsText: string, mapText: string): UploadMap {
  const operation = parsePart('operations', operationsText, MULTIPART_OPERATION);
  const targets = Object.entries(parsePart('map', mapText, MAP));
  const [target] = targets;
  if (target === undefined || targets.length > 1) {
    throw new RequestBodyError(`The 'map' part must name exactly one file`);
  }
  const [part, [path]] = target;

  let value: unknown = operation;
  for (const key of path.split('.')) {
    // Own properties only: a path must not reach a prototype or the length of a list.
    const isStep = typeof value === 'object' && value !== null && Object.hasOwn(value, key);
    if (!isStep) throw new RequestBodyError(`The 'map' part names '${path}', which is not in 'operations'`);
    value = Reflect.get(Object(value), key);
  }
  if (value !== null)
    throw new RequestBodyError(`'${path}' must be null in 'operations', to be replaced by the file`);
  return { part, path };
}

function parsePart<T>(name: string, text: string, shape: z.ZodType<T>): T {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new RequestBodyError(`The '${name}' part is not valid JSON`, { cause });
  }
  const parsed = shape.safeParse(json);
  if (!parsed.success) {
    throw new RequestBodyError(`The '${name}' part does not have the shape that multipart requests need`);
  }
  return parsed.data;
}

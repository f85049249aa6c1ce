import { readFile } from 'node:fs/promises';

const FOLDER = new URL('../../examples/', import.meta.url);
/** The API's URL in the example files. */
const DEFAULT_URL = 'http://localhost:8000';

/**
 * Examples in the order of a first visit. GraphiQL ignores the variables of its first tab, so `gallery` has
 * none.
 */
export const EXAMPLE_NAMES = ['gallery', 'sign-up', 'log-in', 'me', 'upload', 'follow-video'] as const;

/** An example operation. */
interface Example {
  /** A GraphQL document with a comment that explains its purpose. */
  query: string;
  /** A JSON object, as text. */
  variables: string;
}

/** Reads an example and replaces the default URL in its document by `publicUrl`. */
export async function readExample(name: (typeof EXAMPLE_NAMES)[number], publicUrl: string): Promise<Example> {
  const [query, variables] = await Promise.all([
    readFile(new URL(`${name}.graphql`, FOLDER), 'utf8'),
    readFile(new URL(`${name}.json`, FOLDER), 'utf8'),
  ]);
  return { query: query.replaceAll(DEFAULT_URL, publicUrl), variables };
}

import { readFile } from 'node:fs/promises';

const FOLDER = new URL('../../examples', import.meta.url);
/** Where the examples as they lie in the repository suppose the API to be. */
const USUAL_URL = 'http://localhost:8000';

/** In the order in which a newcomer wants them. GraphiQL opens without the first one's variables, so it has none. */
export const EXAMPLE_NAMES = ['gallery', 'sign-up', 'log-in', 'me', 'upload', 'follow-video'] as const;

/** An operation to try. */
export interface Example {
  /** A GraphQL document that says in a comment what it is for. */
  query: string;
  /** A JSON object. */
  variables: string;
}

/** Reads one of the example files, its addresses made those of the API at `publicUrl`. */
export async function readExample(name: (typeof EXAMPLE_NAMES)[number], publicUrl: string): Promise<Example> {
  const [query, variables] = await Promise.all([
    readFile(new URL(`${name}.graphql`, FOLDER), 'utf8'),
    readFile(new URL(`${name}.json`, FOLDER), 'utf8'),
  ]);
  return { query: query.replaceAll(USUAL_URL, publicUrl), variables };
}

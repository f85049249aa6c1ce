import { z } from 'zod';
import { graphqlError } from './graphql-errors.ts';

const UUID = z.uuid();

export { encodeId } from '../src/platform/text/global-ids.ts';

/**
 * The row's id is in lower case, as Postgres spells it: one row is never known by two spellings.
 * @throws {GraphQLError} `BAD_USER_INPUT` for anything that is no global id; one of nothing that exists is fine.
 */
export function decodeId(globalId: string): { typename: string; id: string } {
  const [typename = '', id = ''] = Buffer.from(globalId, 'base64url').toString().split(':', 2);
  if (!/^[A-Z]\w*$/.test(typename) || !UUID.safeParse(id).success) {
    throw graphqlError('BAD_USER_INPUT', `${JSON.stringify(globalId.slice(0, 60))} is not an id.`);
  }
  return { typename, id: id.toLowerCase() };
}

import { z } from 'zod';
import { fieldError } from './graphql-errors.ts';

const UUID = z.uuid();

export { encodeId } from '../src/platform/text/global-ids.ts';

/**
 * Returns the type and the row id of a global id, also when the row does not exist. The row id is in lower
 * case as in PostgreSQL, so that each row has one spelling.
 *
 * @throws {GraphQLError} `BAD_USER_INPUT` for a malformed global id.
 */
export function decodeId(globalId: string): { typename: string; id: string } {
  const [typename = '', id = ''] = Buffer.from(globalId, 'base64url').toString().split(':', 2);
  if (!/^[A-Z]\w*$/.test(typename) || !UUID.safeParse(id).success) {
    const detail = `${JSON.stringify(globalId.slice(0, 60))} is not a global id`;
    throw fieldError('BAD_USER_INPUT', { detail });
  }
  return { typename, id: id.toLowerCase() };
}

import { z } from 'zod';
import { refusal } from './refusals.ts';

const DEFAULT_SIZE = 20;
const MAX_SIZE = 100;

export interface PageArguments {
  first?: number | null | undefined;
  last?: number | null | undefined;
  after?: string | null | undefined;
  before?: string | null | undefined;
}

/** One rule for every connection, as `resolveCursorConnection` takes it: 20 by default, at most 100 at once. */
export const PAGE_SIZES = { defaultSize: DEFAULT_SIZE, maxSize: MAX_SIZE };

/** @throws {GraphQLError} `BAD_USER_INPUT` for a size out of bounds, or for both ends at once. */
export function checkPage({ first, last }: PageArguments): void {
  if (first != null && last != null) throw refusal('BAD_USER_INPUT', 'Give `first` or `last`, not both.');
  for (const [name, size] of Object.entries({ first, last })) {
    if (size != null && (size < 0 || size > MAX_SIZE)) {
      throw refusal('BAD_USER_INPUT', `\`${name}\` must be between 0 and ${MAX_SIZE}.`);
    }
  }
}

/** A cursor that holds `position`; opaque to clients. */
export function encodeCursor(position: Record<string, string | number>): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** @throws {GraphQLError} `BAD_USER_INPUT` for anything that is no cursor of this list. */
export function decodeCursor<Position>(
  cursor: string | undefined,
  position: z.ZodType<Position>,
): Position | undefined {
  if (cursor === undefined) return undefined;
  try {
    return position.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) {
      throw refusal('BAD_USER_INPUT', 'The cursor is not one of this list.');
    }
    throw error;
  }
}

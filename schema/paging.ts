import { z } from 'zod';
import { graphqlError } from './graphql-errors.ts';

export const DEFAULT_SIZE = 20;
export const MAX_SIZE = 100;

/** What a client is told of the arguments and bounds of every page. */
export const PAGE_DESCRIPTIONS = {
  firstArgOptions: {
    description: `Items from the start, at most ${MAX_SIZE}; ${DEFAULT_SIZE} when neither end is asked for.`,
  },
  lastArgOptions: { description: `Items from the end, at most ${MAX_SIZE}; not together with \`first\`.` },
  afterArgOptions: { description: 'The cursor that the page comes after.' },
  beforeArgOptions: { description: 'The cursor that the page comes before.' },
  pageInfoTypeOptions: { description: 'Whether a list goes on at either end of a page, and from where.' },
  pageInfoFieldOptions: { nullable: false, description: 'Whether there is more, and from where.' },
  hasNextPageFieldOptions: { nullable: false, description: 'Whether there is more after the page.' },
  hasPreviousPageFieldOptions: { nullable: false, description: 'Whether there is more before the page.' },
  startCursorFieldOptions: {
    nullable: true,
    description: 'The cursor of the first item; null on an empty page.',
  },
  endCursorFieldOptions: {
    nullable: true,
    description: 'The cursor of the last item; null on an empty page.',
  },
} as const;

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
  if (first != null && last != null)
    throw graphqlError('BAD_USER_INPUT', 'Give `first` or `last`, not both.');
  for (const [name, size] of Object.entries({ first, last })) {
    if (size != null && (size < 0 || size > MAX_SIZE)) {
      throw graphqlError('BAD_USER_INPUT', `\`${name}\` must be between 0 and ${MAX_SIZE}.`);
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
      throw graphqlError('BAD_USER_INPUT', 'The cursor is not one of this list.');
    }
    throw error;
  }
}

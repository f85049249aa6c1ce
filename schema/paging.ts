import { z } from 'zod';
import { fieldError } from './graphql-errors.ts';

const DEFAULT_SIZE = 20;
const MAX_SIZE = 100;

/** The SDL descriptions of every connection. */
export const PAGE_DESCRIPTIONS = {
  firstArgOptions: {
    description: `Number of items from the start, at most ${MAX_SIZE}; ${DEFAULT_SIZE} without \`first\` and \`last\`.`,
  },
  lastArgOptions: { description: `Number of items from the end, at most ${MAX_SIZE}; excludes \`first\`.` },
  afterArgOptions: { description: 'Returns the items after this cursor.' },
  beforeArgOptions: { description: 'Returns the items before this cursor.' },
  pageInfoTypeOptions: { description: 'Information about pagination.' },
  pageInfoFieldOptions: { nullable: false, description: 'Information about pagination.' },
  hasNextPageFieldOptions: { nullable: false, description: 'Whether the list has items after the page.' },
  hasPreviousPageFieldOptions: {
    nullable: false,
    description: 'Whether the list has items before the page.',
  },
  startCursorFieldOptions: {
    nullable: true,
    description: 'Cursor of the first item; null on an empty page.',
  },
  endCursorFieldOptions: {
    nullable: true,
    description: 'Cursor of the last item; null on an empty page.',
  },
} as const;

export interface PageArguments {
  first?: number | null | undefined;
  last?: number | null | undefined;
  after?: string | null | undefined;
  before?: string | null | undefined;
}

/** Page sizes of every connection, as options of `resolveCursorConnection`: 20 by default, at most 100. */
export const PAGE_SIZES = { defaultSize: DEFAULT_SIZE, maxSize: MAX_SIZE };

/**
 * Checks a page. @throws {GraphQLError} `BAD_USER_INPUT` for a size out of bounds, or `first` with `last`.
 */
export function checkPage({ first, last }: PageArguments): void {
  if (first != null && last != null)
    throw fieldError('BAD_USER_INPUT', { detail: '`first` and `last` exclude each other' });
  for (const [name, size] of Object.entries({ first, last })) {
    if (size != null && (size < 0 || size > MAX_SIZE)) {
      throw fieldError('BAD_USER_INPUT', { detail: `\`${name}\` must be between 0 and ${MAX_SIZE}` });
    }
  }
}

/** Returns a cursor that holds `position`; opaque to clients. */
export function encodeCursor(position: Record<string, string | number>): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** Returns the position in a cursor. @throws {GraphQLError} `BAD_USER_INPUT` for a cursor of another list. */
export function decodeCursor<Position>(
  cursor: string | undefined,
  position: z.ZodType<Position>,
): Position | undefined {
  if (cursor === undefined) return undefined;
  try {
    return position.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) {
      throw fieldError('BAD_USER_INPUT', { detail: 'the cursor does not belong to this list' });
    }
    throw error;
  }
}

/**
 * A failure that clients must expect: a typed member of a mutation's result, never a 500. `code` is part of the
 * public contract and never changes; the fields of each kind say what a sentence about it needs.
 */
export abstract class ExpectedError extends Error {
  abstract readonly code: string;
}

/** Work was stopped on purpose, before it was done. */
export class Cancelled extends Error {
  override name = 'Cancelled';
  /** What is known of it once the ORM has made it an error of its own. */
  readonly code: 'DEADLINE_EXCEEDED' | 'CLIENT_LEFT';

  constructor(code: Cancelled['code']) {
    super(code === 'CLIENT_LEFT' ? 'The client left' : 'It took longer than it may');
    this.code = code;
  }
}

/** One broken rule of an input; `path` leads to the field, `rule` with its `params` makes the sentence. */
export interface InputProblem {
  path: readonly string[];
  rule: string;
  params?: Readonly<Record<string, string | number>>;
}

/** An input breaks one or more rules; all of them are told at once. */
export class InvalidInput extends ExpectedError {
  override name = 'InvalidInput';
  readonly code = 'INVALID_INPUT';
  readonly problems: readonly InputProblem[];

  constructor(problems: readonly InputProblem[]) {
    super(`Invalid input: ${problems.map(({ path, rule }) => `${path.join('.')} ${rule}`).join(', ')}`);
    this.problems = problems;
  }
}

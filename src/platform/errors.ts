/**
 * A failure that clients must expect: a typed member of a mutation's result, never HTTP status 500. `code` is
 * part of the public contract and never changes. The fields of each subclass are the values in its message.
 */
export abstract class ExpectedError extends Error {
  abstract readonly code: string;
}

/** Work was stopped before its end: the deadline was exceeded, or the client disconnected. */
export class Cancelled extends Error {
  override name = 'Cancelled';
  /** Survives when the ORM wraps this error in one of its own. */
  readonly code: 'DEADLINE_EXCEEDED' | 'CLIENT_LEFT';

  constructor(code: Cancelled['code']) {
    super(code === 'CLIENT_LEFT' ? 'The client disconnected' : 'The deadline was exceeded');
    this.code = code;
  }
}

/** One violated rule of an input. `path` leads to the field; `rule` and `params` select the message. */
export interface InputProblem {
  path: readonly string[];
  rule: string;
  params?: Readonly<Record<string, string | number>>;
}

/** An input violates one or more rules; `problems` lists all of them. */
export class InvalidInput extends ExpectedError {
  override name = 'InvalidInput';
  readonly code = 'INVALID_INPUT';
  readonly problems: readonly InputProblem[];

  constructor(problems: readonly InputProblem[]) {
    super(`Invalid input: ${problems.map(({ path, rule }) => `${path.join('.')} ${rule}`).join(', ')}`);
    this.problems = problems;
  }
}

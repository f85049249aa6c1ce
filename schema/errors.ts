import { type InputProblem, InvalidInput } from '../src/platform/errors.ts';
import { builder } from './builder.ts';
import { messageOf, type PublicError, problemMessageOf } from './messages.ts';

/** Every code that an `Error` can have. Codes are added, never changed. */
const CODES = [
  'INVALID_INPUT',
  'EMAIL_TAKEN',
  'BAD_CREDENTIALS',
  'TOO_MANY_ATTEMPTS',
  'FILE_TOO_LARGE',
  'UNSUPPORTED_FILE',
  'IDEMPOTENCY_KEY_REUSED',
  'VIDEO_NOT_FOUND',
  'VIDEO_IS_PUBLISHED',
  'VIDEO_NOT_FAILED',
  'ALREADY_VOTED',
  'OWN_VIDEO',
  'VIDEO_NOT_PUBLISHED',
  'VOTING_CLOSED',
  'VOTE_LIMIT_REACHED',
  'NOT_VOTED',
  'SESSION_EXPIRED',
] as const;

const ErrorCode = builder.enumType('ErrorCode', {
  description: 'Says which expected error it is, for a program. Codes never change; new ones may come.',
  values: CODES,
});

/** The interface of every expected error; an error's own file adds a type that implements it. */
export const ErrorInterface = builder.interfaceRef<PublicError>('Error').implement({
  description: 'An expected failure: a member of the result of each mutation that can fail so.',
  fields: t => ({
    message: t.string({
      description: 'A sentence for people, in Spanish or English by `Accept-Language`.',
      resolve: (error, _arguments, { language }) => messageOf(error, language),
    }),
    code: t.field({
      type: ErrorCode,
      description: 'The same in every language.',
      resolve: error => error.code,
    }),
  }),
});

const InputProblemType = builder.objectRef<InputProblem>('InputProblem').implement({
  description: 'One broken rule of an input.',
  fields: t => ({
    path: t.stringList({
      description: 'Leads from the input to the field.',
      resolve: ({ path }) => [...path],
    }),
    message: t.string({
      description: 'A sentence for people, in the same language as the error.',
      resolve: (problem, _arguments, { language }) => problemMessageOf(problem, language),
    }),
  }),
});

builder.objectType(InvalidInput, {
  name: 'InvalidInput',
  description: 'The input breaks one or more rules.',
  interfaces: [ErrorInterface],
  fields: t => ({
    problems: t.field({
      type: [InputProblemType],
      description: 'All of them, in the order of the fields.',
      resolve: ({ problems }) => [...problems],
    }),
  }),
});

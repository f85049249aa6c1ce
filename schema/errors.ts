import { type InputProblem, InvalidInput } from '../src/platform/errors.ts';
import { builder } from './builder.ts';
import { type PublicError, toErrorMessage, toProblemMessage } from './messages.ts';

const ErrorCode = builder.enumType('ErrorCode', {
  description: 'Says which expected error it is, for a program. Codes never change; new ones may come.',
  values: {
    INVALID_INPUT: { description: 'As `InvalidInput`.' },
    EMAIL_TAKEN: { description: 'As `EmailTaken`.' },
    BAD_CREDENTIALS: { description: 'As `BadCredentials`.' },
    TOO_MANY_ATTEMPTS: { description: 'As `TooManyAttempts`.' },
    FILE_TOO_LARGE: { description: 'As `FileTooLarge`.' },
    UNSUPPORTED_FILE: { description: 'As `UnsupportedFile`.' },
    IDEMPOTENCY_KEY_REUSED: { description: 'As `IdempotencyKeyReused`.' },
    DIRECT_UPLOAD_UNAVAILABLE: { description: 'As `DirectUploadUnavailable`.' },
    UPLOAD_NOT_FOUND: { description: 'As `UploadNotFound`.' },
    VIDEO_NOT_FOUND: { description: 'As `VideoNotFound`.' },
    VIDEO_IS_PUBLISHED: { description: 'As `VideoIsPublished`.' },
    VIDEO_NOT_FAILED: { description: 'As `VideoNotFailed`.' },
    ALREADY_VOTED: { description: 'As `AlreadyVoted`.' },
    OWN_VIDEO: { description: 'As `OwnVideo`.' },
    VIDEO_NOT_PUBLISHED: { description: 'As `VideoNotPublished`.' },
    VOTING_CLOSED: { description: 'As `VotingClosed`.' },
    VOTE_LIMIT_REACHED: { description: 'As `VoteLimitReached`.' },
    NOT_VOTED: { description: 'As `NotVoted`.' },
    SESSION_EXPIRED: { description: 'As `SessionExpired`.' },
  } satisfies Record<PublicError['code'], unknown>,
});

/** The interface of every expected error; an error's own file adds a type that implements it. */
export const ErrorInterface = builder.interfaceRef<PublicError>('Error').implement({
  description: 'An expected failure: a member of the result of each mutation that can fail so.',
  fields: t => ({
    message: t.string({
      description: 'A sentence for people, in Spanish or English by `Accept-Language`.',
      resolve: (error, _arguments, { language }) => toErrorMessage(error, language),
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
      resolve: (problem, _arguments, { language }) => toProblemMessage(problem, language),
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

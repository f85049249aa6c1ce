import { type InputProblem, InvalidInput } from '../src/platform/errors.ts';
import { builder } from './builder.ts';
import { type PublicError, toErrorMessage, toProblemMessage } from './messages.ts';

const ErrorCode = builder.enumType('ErrorCode', {
  description: 'The code of an expected error, for programs. Codes never change; new ones may be added.',
  values: {
    INVALID_INPUT: { description: 'Code of `InvalidInput`.' },
    EMAIL_TAKEN: { description: 'Code of `EmailTaken`.' },
    BAD_CREDENTIALS: { description: 'Code of `BadCredentials`.' },
    TOO_MANY_ATTEMPTS: { description: 'Code of `TooManyAttempts`.' },
    FILE_TOO_LARGE: { description: 'Code of `FileTooLarge`.' },
    UNSUPPORTED_FILE: { description: 'Code of `UnsupportedFile`.' },
    IDEMPOTENCY_KEY_REUSED: { description: 'Code of `IdempotencyKeyReused`.' },
    DIRECT_UPLOAD_UNAVAILABLE: { description: 'Code of `DirectUploadUnavailable`.' },
    UPLOAD_NOT_FOUND: { description: 'Code of `UploadNotFound`.' },
    VIDEO_NOT_FOUND: { description: 'Code of `VideoNotFound`.' },
    VIDEO_IS_PUBLISHED: { description: 'Code of `VideoIsPublished`.' },
    VIDEO_NOT_FAILED: { description: 'Code of `VideoNotFailed`.' },
    ALREADY_VOTED: { description: 'Code of `AlreadyVoted`.' },
    OWN_VIDEO: { description: 'Code of `OwnVideo`.' },
    VIDEO_NOT_PUBLISHED: { description: 'Code of `VideoNotPublished`.' },
    VOTING_CLOSED: { description: 'Code of `VotingClosed`.' },
    VOTE_LIMIT_REACHED: { description: 'Code of `VoteLimitReached`.' },
    NOT_VOTED: { description: 'Code of `NotVoted`.' },
    SESSION_EXPIRED: { description: 'Code of `SessionExpired`.' },
  } satisfies Record<PublicError['code'], unknown>,
});

/** The interface of every expected error. The type of each error is in the file of its noun. */
export const ErrorInterface = builder.interfaceRef<PublicError>('Error').implement({
  description: 'An expected error: a member of the result of each mutation that can fail with it.',
  fields: t => ({
    message: t.string({
      description: 'A sentence for users, in Spanish or English by `Accept-Language`.',
      resolve: (error, _arguments, { language }) => toErrorMessage(error, language),
    }),
    code: t.field({
      type: ErrorCode,
      description: 'Code of the error, the same in every language.',
      resolve: error => error.code,
    }),
  }),
});

const InputProblemType = builder.objectRef<InputProblem>('InputProblem').implement({
  description: 'A broken rule of an input.',
  fields: t => ({
    path: t.stringList({
      description: 'Path from the input to the field.',
      resolve: ({ path }) => [...path],
    }),
    message: t.string({
      description: 'A sentence for users, in the language of the error.',
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
      description: 'All broken rules, in the order of the fields.',
      resolve: ({ problems }) => [...problems],
    }),
  }),
});

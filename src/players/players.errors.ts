import { ExpectedError } from '../platform/errors.ts';

/** Somebody has signed up with this e-mail, whatever its case. */
export class EmailTaken extends ExpectedError {
  override name = 'EmailTaken';
  readonly code = 'EMAIL_TAKEN';
}

/** The e-mail is unknown or the password is not its; which of them is not told. */
export class BadCredentials extends ExpectedError {
  override name = 'BadCredentials';
  readonly code = 'BAD_CREDENTIALS';
}

/** An account or a network has failed to log in, signed up or voted too often. Says nothing on whether the account exists. */
export class TooManyAttempts extends ExpectedError {
  override name = 'TooManyAttempts';
  readonly code = 'TOO_MANY_ATTEMPTS';
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number) {
    super(`Too many attempts; again in ${retryAfterSeconds} s`);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The refresh token is unknown, too old, already used, or its session was ended; which of them is not told. */
export class SessionExpired extends ExpectedError {
  override name = 'SessionExpired';
  readonly code = 'SESSION_EXPIRED';
}

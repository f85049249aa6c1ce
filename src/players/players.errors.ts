import { ExpectedError } from '../platform/errors.ts';

/** An account with this e-mail exists; case is ignored. */
export class EmailTaken extends ExpectedError {
  override name = 'EmailTaken';
  readonly code = 'EMAIL_TAKEN';
}

/** The e-mail is unknown or the password is wrong; the error does not say which. */
export class BadCredentials extends ExpectedError {
  override name = 'BadCredentials';
  readonly code = 'BAD_CREDENTIALS';
}

/**
 * An account or a network exceeded a limit of log-ins, sign-ups or votes. Does not reveal whether the account
 * exists.
 */
export class TooManyAttempts extends ExpectedError {
  override name = 'TooManyAttempts';
  readonly code = 'TOO_MANY_ATTEMPTS';
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number) {
    super(`Too many attempts. Retry in ${retryAfterSeconds} s`);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The refresh token is unknown, expired or used, or its session has ended; the error does not say which. */
export class SessionExpired extends ExpectedError {
  override name = 'SessionExpired';
  readonly code = 'SESSION_EXPIRED';
}

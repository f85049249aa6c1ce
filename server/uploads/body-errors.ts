import { GraphQLError } from 'graphql';

/**
 * The bytes of a request are not what the API reads: answered as a GraphQL error with this HTTP status and
 * `extensions.code`, never masked and never logged as a fault of ours.
 */
export class RequestBodyError extends GraphQLError {
  readonly status: number;
  readonly code: string;

  constructor(
    message: string,
    { status = 400, code = 'BAD_REQUEST', cause }: { status?: number; code?: string; cause?: unknown } = {},
  ) {
    super(message, { extensions: { code, http: { status } } });
    this.name = 'BadRequestBody';
    this.status = status;
    this.code = code;
    this.cause = cause;
  }
}

export const payloadTooLarge = (message: string) =>
  new RequestBodyError(message, { status: 413, code: 'PAYLOAD_TOO_LARGE' });

export const requestTimeout = () =>
  new RequestBodyError('The client sent too slowly', { status: 408, code: 'REQUEST_TIMEOUT' });

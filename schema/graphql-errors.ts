import { GraphQLError } from 'graphql';
import { formatMessage } from './format-message.ts';

interface ErrorDefinition {
  /** HTTP status of a response that rejects the whole request. */
  status: number;
  /** `{name}` stands for a detail of one error. */
  en: string;
  /** For codes that applications show to their users; `{name}` stands for one of the error's `extensions`. */
  es?: string;
}

/**
 * Every code that this API puts into `extensions.code`. Codes and statuses are part of the public contract.
 */
const ERRORS = {
  UNAUTHENTICATED: {
    status: 401,
    en: 'A valid access token is required. Log in, or refresh the session.',
    es: 'Se necesita un token de acceso válido. Inicia sesión o renueva la sesión.',
  },
  FORBIDDEN: {
    status: 403,
    en: 'The resource does not exist, or you do not have access to it.',
    es: 'El recurso no existe o no tienes acceso.',
  },
  BAD_REQUEST: { status: 400, en: 'Malformed request: {detail}.' },
  BAD_USER_INPUT: { status: 400, en: 'Invalid argument: {detail}.' },

  RATE_LIMITED: {
    status: 429,
    en: 'Rate limit exceeded. Retry in {retryAfterSeconds} seconds.',
    es: 'Se superó el límite de solicitudes. Inténtalo de nuevo en {retryAfterSeconds} s.',
  },
  TOO_MANY_AT_ONCE: {
    status: 429,
    en: 'Too many concurrent {resources}. Wait for one to end.',
    es: 'Hay demasiadas operaciones abiertas al mismo tiempo. Espera a que termine una.',
  },
  DOCUMENT_TOO_LARGE: { status: 400, en: 'The document exceeds the limit of {limit} {unit}.' },
  OPERATION_TOO_COSTLY: {
    status: 400,
    en: 'The operation costs {cost}; the limit is {limit}. Request fewer fields or shorter lists.',
  },

  PREFLIGHT_REQUIRED: { status: 403, en: 'One of these headers is required: {headers}.' },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    en: 'Send application/json, or multipart/form-data with a boundary for a file.',
  },
  NOT_ACCEPTABLE: { status: 406, en: 'Accept application/json, or text/event-stream for a subscription.' },
  PAYLOAD_TOO_LARGE: {
    status: 413,
    en: 'The request is too large: {detail}.',
    es: 'La solicitud es demasiado grande.',
  },
  REQUEST_TIMEOUT: {
    status: 408,
    en: 'The client sent the request too slowly.',
    es: 'La solicitud llegó con demasiada lentitud.',
  },
  REQUEST_ABORTED: { status: 408, en: 'The client disconnected before the end of the request.' },

  DOCUMENT_NOT_TRUSTED: { status: 400, en: 'Only registered operations are executed.' },
  // Clients of Apollo's protocol compare this text.
  PERSISTED_QUERY_NOT_FOUND: { status: 200, en: 'PersistedQueryNotFound' },
  PERSISTED_QUERY_MISMATCH: { status: 400, en: 'The hash does not match the query.' },

  VOTING_NOT_OVER: { status: 409, en: 'Voting is not over.' },

  DEADLINE_EXCEEDED: {
    status: 503,
    en: 'The operation took too long. Request less data, or try again soon.',
    es: 'La operación tardó demasiado. Pide menos datos o inténtalo de nuevo pronto.',
  },
  SERVICE_UNAVAILABLE: {
    status: 503,
    en: 'The service is not available. Try again soon.',
    es: 'El servicio no está disponible. Inténtalo de nuevo pronto.',
  },
  CLIENT_LEFT: { status: 499, en: 'The client disconnected.' },
  INTERNAL_SERVER_ERROR: { status: 500, en: 'Something went wrong.', es: 'Algo salió mal.' },
} as const satisfies Record<string, ErrorDefinition>;

/**
 * The code of a syntax error. GraphQL Yoga adds this code, `GRAPHQL_VALIDATION_FAILED` and
 * `OPERATION_RESOLUTION_FAILURE` to the errors of graphql-js.
 */
export const PARSE_FAILED = 'GRAPHQL_PARSE_FAILED';

export type GraphqlErrorCode = keyof typeof ERRORS;

type PlaceholdersIn<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PlaceholdersIn<Rest>
  : never;

/** The details that the English message of a code needs. */
type Details<Code extends GraphqlErrorCode> = Record<
  PlaceholdersIn<(typeof ERRORS)[Code]['en']>,
  string | number
>;

/** The codes whose English message has no details. */
export type PlainErrorCode = {
  [Code in GraphqlErrorCode]: [PlaceholdersIn<(typeof ERRORS)[Code]['en']>] extends [never] ? Code : never;
}[GraphqlErrorCode];

interface RequestErrorOptions {
  /** Headers of the response. */
  headers?: Record<string, string>;
  /** Entries of `extensions` besides `code`. */
  extensions?: Record<string, unknown>;
  cause?: unknown;
  /** The place in the document and in the response, for an error that replaces another one. */
  nodes?: GraphQLError['nodes'] | undefined;
  path?: GraphQLError['path'] | undefined;
}

type Values = Readonly<Record<string, unknown>>;

/** Returns an error that ends the field whose resolver throws it, not the request. */
export function fieldError(code: PlainErrorCode): GraphQLError;
export function fieldError<Code extends GraphqlErrorCode>(code: Code, details: Details<Code>): GraphQLError;
export function fieldError(code: GraphqlErrorCode, details: Values = {}): GraphQLError {
  return new GraphQLError(formatMessage(ERRORS[code].en, details), { extensions: { code } });
}

/** Returns an error that rejects the whole request, with the HTTP status of its code. */
export function requestError(
  code: PlainErrorCode,
  details?: Record<string, never>,
  options?: RequestErrorOptions,
): GraphQLError;
export function requestError<Code extends GraphqlErrorCode>(
  code: Code,
  details: Details<Code>,
  options?: RequestErrorOptions,
): GraphQLError;
export function requestError(
  code: GraphqlErrorCode,
  details: Values = {},
  { headers, extensions, cause, nodes, path }: RequestErrorOptions = {},
): GraphQLError {
  const { status, en } = ERRORS[code];
  const error = new GraphQLError(formatMessage(en, details), {
    nodes: nodes ?? null,
    path: path ?? null,
    extensions: { code, ...extensions, http: { status, ...(headers && { headers }) } },
  });
  if (cause !== undefined) error.cause = cause;
  return error;
}

/** Whether an error carries this code. */
export function hasGraphqlErrorCode(error: unknown, code: GraphqlErrorCode): boolean {
  return error instanceof GraphQLError && error.extensions.code === code;
}

/** Returns the HTTP status and the English message of a code, for a response outside GraphQL. */
export function getHttpError(code: PlainErrorCode): { status: number; message: string } {
  const { status, en } = ERRORS[code];
  return { status, message: en };
}

/** Returns the Spanish message for the `extensions` of an error; undefined for a code without one. */
export function getSpanishMessage(extensions: Values): string | undefined {
  const { code } = extensions;
  if (typeof code !== 'string' || !isGraphqlErrorCode(code)) return undefined;
  const definition: ErrorDefinition = ERRORS[code];
  return definition.es && formatMessage(definition.es, extensions);
}

const isGraphqlErrorCode = (code: string): code is GraphqlErrorCode => Object.hasOwn(ERRORS, code);

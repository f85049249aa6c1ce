import { type DocumentNode, type ExecutionArgs, GraphQLError, getOperationAST } from 'graphql';
import { CloseCode, type SubscribePayload } from 'graphql-ws';
import { PARSE_FAILED, requestError } from '../../../schema/graphql-errors.ts';
import type { Logger } from '../../../src/platform/observability/logger.ts';
import { maskError } from '../../errors/mask-error.ts';
import { tooManyAtOnce } from '../../errors/rate-limit-errors.ts';
import { type AuthenticationDeps, setSession } from '../../graphql/authentication.ts';
import type { createYogaServer } from '../../yoga.ts';
import { authenticateParams } from './accept-connection.ts';
import { runInRequestContext, type SocketContext } from './websocket-context.ts';

export interface PrepareDeps extends AuthenticationDeps {
  logger: Logger;
  graphql: ReturnType<typeof createYogaServer>;
}

/**
 * Handles a `subscribe` message: reserves its id, authenticates the client again and prepares the execution.
 * Returns errors instead of throwing, because graphql-ws closes the socket after an exception.
 */
export async function prepareOperation(
  deps: PrepareDeps,
  { connectionParams, extra }: SocketContext,
  id: string,
  payload: SubscribePayload,
): Promise<ExecutionArgs | readonly GraphQLError[]> {
  if (!extra.operations?.reserve(id)) return [tooManyAtOnce('operations on one socket')];
  const prepared = await runInRequestContext(deps, extra.request, async () => {
    const errors = await reauthenticate(deps, extra, connectionParams);
    return errors ?? createExecutionArgs(deps, extra, payload);
  });
  if (Array.isArray(prepared)) extra.operations.release(id);
  return prepared;
}

/** Authenticates the client for one operation. Closes the socket with 4401 when its session has ended. */
async function reauthenticate(
  deps: PrepareDeps,
  { request, socket }: SocketContext['extra'],
  connectionParams: unknown,
): Promise<readonly GraphQLError[] | null> {
  try {
    setSession(request, await authenticateParams(deps, connectionParams));
    return null;
  } catch (error) {
    if (error instanceof GraphQLError) socket.close(CloseCode.Unauthorized, 'Session ended');
    return [maskError(error)];
  }
}

/** Parses and validates a document, with the same errors as over HTTP. */
async function createExecutionArgs(
  { graphql }: PrepareDeps,
  { request }: SocketContext['extra'],
  { query, operationName, variables }: SubscribePayload,
): Promise<ExecutionArgs | readonly GraphQLError[]> {
  try {
    const { schema, parse, validate, contextFactory } = graphql.getEnveloped({ req: request });
    const document = parseDocument(parse, query);
    const errors: readonly GraphQLError[] = validate(schema, document);
    if (errors.length > 0) return errors.map(maskError);
    // graphql-ws would send this error without a call of `onComplete`, and the id would stay reserved.
    if (!getOperationAST(document, operationName))
      throw requestError('BAD_REQUEST', { detail: 'unable to identify the operation' });
    const contextValue = await contextFactory();
    return { schema, document, operationName, variableValues: variables, contextValue } as ExecutionArgs;
  } catch (error) {
    return [maskError(error)];
  }
}

/** Parses a document. @throws {GraphQLError} with the code of a syntax error, as over HTTP. */
function parseDocument(parse: (query: string) => DocumentNode, query: string): DocumentNode {
  try {
    return parse(query);
  } catch (error) {
    if (error instanceof GraphQLError) error.extensions.code ??= PARSE_FAILED;
    throw error;
  }
}

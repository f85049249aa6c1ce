import type { ServerResponse } from 'node:http';
import { getHttpError, type PlainErrorCode } from '../../schema/graphql-errors.ts';
import { sendJson } from '../../src/platform/health/health.ts';

/**
 * Rejects a request outside GraphQL: sends JSON with the status, message and code of the registry.
 *
 * @param message replaces the message of the code when the client needs other advice.
 */
export function sendHttpError(response: ServerResponse, code: PlainErrorCode, message?: string): void {
  const error = getHttpError(code);
  sendJson(response, error.status, { error: message ?? error.message, code });
}

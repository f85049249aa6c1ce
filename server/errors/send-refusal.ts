import type { ServerResponse } from 'node:http';
import { getRefusal, type PlainErrorCode } from '../../schema/graphql-errors.ts';
import { sendJson } from '../../src/platform/process/health.ts';

/**
 * Refuses a request for something other than GraphQL: JSON with the status, message and code of the registry.
 *
 * @param message a sentence in place of the code's own, where a client needs another remedy.
 */
export function sendRefusal(response: ServerResponse, code: PlainErrorCode, message?: string): void {
  const refusal = getRefusal(code);
  sendJson(response, refusal.status, { error: message ?? refusal.message, code });
}

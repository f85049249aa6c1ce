import type { IncomingMessage, ServerResponse } from 'node:http';
import { hasGraphqlErrorCode } from '../schema/graphql-errors.ts';
import type { ContestRules } from '../src/contest/certify-results.ts';
import { EXPORT_FORMATS, type ExportFormat, exportResults } from '../src/contest/export-results.ts';
import { sendJson } from '../src/platform/health/health.ts';
import { sendHttpError } from './errors/send-http-error.ts';
import {
  type AuthenticatedSession,
  type AuthenticationDeps,
  authenticateBearer,
} from './graphql/authentication.ts';
import { handleCors } from './http/cors.ts';

interface ResultsExportDeps extends AuthenticationDeps {
  rules: ContestRules;
  /** Origins of the web pages that may download the results. */
  corsOrigins: readonly string[];
}

const FORMATS: Record<string, ExportFormat | undefined> = {
  '/exports/results.csv': 'csv',
  '/exports/results.json': 'json',
};

/** Sends the certified winners to a moderator as a file; sends 409 until voting is over. */
export async function serveResultsExport(
  request: IncomingMessage,
  response: ServerResponse,
  { forkEm, accessTokens, rules, corsOrigins }: ResultsExportDeps,
): Promise<void> {
  if (handleCors(request, response, { origins: corsOrigins, methods: ['GET'] })) return;
  const format = FORMATS[request.url?.split('?', 1)[0] ?? ''];
  if (format === undefined) return sendJson(response, 404, { error: 'Not found' });
  if (request.method !== 'GET') {
    response.setHeader('allow', 'GET');
    return sendJson(response, 405, { error: 'Only GET is allowed' });
  }
  const session = await authenticateOrNull({ forkEm, accessTokens }, request.headers.authorization);
  if (session === null) {
    response.setHeader('www-authenticate', 'Bearer');
    return sendHttpError(response, 'UNAUTHENTICATED');
  }
  if (session.role !== 'MODERATOR') return sendHttpError(response, 'FORBIDDEN');
  const file = await exportResults({ em: forkEm(), rules }, { actorId: session.playerId, format });
  if (file === null) return sendHttpError(response, 'VOTING_NOT_OVER');
  response.writeHead(200, {
    'content-type': EXPORT_FORMATS[format],
    'content-length': Buffer.byteLength(file),
    'content-disposition': `attachment; filename="results.${format}"`,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(file);
}

/** Returns the session of an `Authorization` value; null without one and for an invalid token. */
async function authenticateOrNull(
  deps: AuthenticationDeps,
  authorization: string | undefined,
): Promise<AuthenticatedSession> {
  try {
    return await authenticateBearer(deps, authorization);
  } catch (error) {
    if (hasGraphqlErrorCode(error, 'UNAUTHENTICATED')) return null;
    throw error;
  }
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { GraphQLError } from 'graphql';
import { EXPORT_FORMATS, type ExportFormat, exportResults } from '../src/contest/export-results.ts';
import type { ContestRules } from '../src/contest/results.ts';
import type { EntityManager } from '../src/platform/database/database.ts';
import { sendJson } from '../src/platform/process/health.ts';
import type { AccessTokens } from '../src/players/access-tokens.ts';
import { type AuthenticatedSession, authenticateBearer } from './graphql/authentication.ts';
import { handleCors } from './http/cors.ts';

export interface ResultsExportDeps {
  forkEm: () => EntityManager;
  accessTokens: AccessTokens;
  rules: ContestRules;
  /** Of the pages that may fetch a file. */
  corsOrigins: readonly string[];
}

const FORMATS: Record<string, ExportFormat | undefined> = {
  '/exports/results.csv': 'csv',
  '/exports/results.json': 'json',
};

/** Hands the certified winners to a moderator as a file to keep; 409 until the voting is over. */
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
    return sendJson(response, 405, { error: 'Only GET is answered here' });
  }
  const identity = await identifyOrNull({ forkEm, accessTokens }, request.headers.authorization);
  if (identity === null) {
    response.setHeader('www-authenticate', 'Bearer');
    return sendJson(response, 401, { error: 'This needs a valid access token', code: 'UNAUTHENTICATED' });
  }
  if (identity.role !== 'MODERATOR') {
    return sendJson(response, 403, { error: 'This is for moderators', code: 'FORBIDDEN' });
  }
  const file = await exportResults(forkEm(), rules, { actorId: identity.playerId, format });
  if (file === null) {
    return sendJson(response, 409, { error: 'The voting is not over', code: 'VOTING_NOT_OVER' });
  }
  response.writeHead(200, {
    'content-type': EXPORT_FORMATS[format],
    'content-length': Buffer.byteLength(file),
    'content-disposition': `attachment; filename="results.${format}"`,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(file);
}

/** Null also for a token that is no good. */
async function identifyOrNull(
  deps: Parameters<typeof authenticateBearer>[0],
  authorization: string | undefined,
): Promise<AuthenticatedSession> {
  try {
    return await authenticateBearer(deps, authorization);
  } catch (error) {
    if (error instanceof GraphQLError && error.extensions.code === 'UNAUTHENTICATED') return null;
    throw error;
  }
}

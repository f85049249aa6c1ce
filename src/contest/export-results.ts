import { stringify } from 'csv-stringify/sync';
import { audit } from '../audit/audit.ts';
import type { EntityManager } from '../platform/database/database.ts';
import { encodeId } from '../platform/text/global-ids.ts';
import { Player } from '../players/player.entity.ts';
import type { Result } from './result.entity.ts';
import { type ContestRules, findResults } from './results.ts';

/** The forms that results are handed on in. */
export const EXPORT_FORMATS = {
  json: 'application/json; charset=utf-8',
  csv: 'text/csv; charset=utf-8; header=present',
} as const;
export type ExportFormat = keyof typeof EXPORT_FORMATS;

/**
 * The certified winners as a file, noted in the audit trail; null while the voting is not over. A null actor is the
 * operator. It has what it takes to call them up: their names and e-mails of today, which nothing else shows to others.
 */
export async function exportResults(
  em: EntityManager,
  rules: ContestRules,
  { actorId, format }: { actorId: string | null; format: ExportFormat },
): Promise<string | null> {
  const results = await findResults(em, rules);
  if (results === null) return null;
  await audit(em, { actorId, action: 'EXPORT_RESULTS' });
  const winners = await em.find(Player, { id: { $in: results.map(({ player }) => player.id) } });
  return formatResults(results, new Map(winners.map(winner => [winner.id, winner])), format);
}

/** JSON, or CSV (RFC 4180) with a header, in which no cell can act as a formula. */
function formatResults(
  results: readonly Result[],
  winners: ReadonlyMap<string, Player>,
  format: ExportFormat,
): string {
  const rows = results.map(result => ({
    city: result.city,
    position: result.position,
    playerId: result.player.id,
    username: result.username,
    votes: result.votes,
    reachedAt: result.reachedAt.toISOString(),
    decidedBy: result.decidedBy,
    certifiedAt: result.certifiedAt.toISOString(),
    firstName: winners.get(result.player.id)?.firstName,
    lastName: winners.get(result.player.id)?.lastName,
    email: winners.get(result.player.id)?.email,
    playerGlobalId: encodeId('Player', result.player.id),
  }));
  if (format === 'json') return `${JSON.stringify(rows, null, 2)}\n`;
  const columns = [
    'city',
    'position',
    'playerId',
    'username',
    'votes',
    'reachedAt',
    'decidedBy',
    'certifiedAt',
    'firstName',
    'lastName',
    'email',
    'playerGlobalId',
  ];
  return stringify(rows, { header: true, columns, record_delimiter: '\r\n', escape_formulas: true });
}

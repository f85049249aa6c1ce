import { stringify } from 'csv-stringify/sync';
import { recordAuditEntry } from '../audit/record-audit-entry.ts';
import { encodeId } from '../platform/text/global-ids.ts';
import { Player } from '../players/player.entity.ts';
import type { ContestDeps } from './certify-results.ts';
import { findResults } from './find-results.ts';
import type { Result } from './result.entity.ts';

/** The formats of an export, with their media types. */
export const EXPORT_FORMATS = {
  json: 'application/json; charset=utf-8',
  csv: 'text/csv; charset=utf-8; header=present',
} as const;
export type ExportFormat = keyof typeof EXPORT_FORMATS;

/**
 * Returns the certified winners as the text of a file, and records the export in the audit trail. Returns
 * null until the voting is over. The file contains current names and e-mails, which no other interface shows.
 * A null actor is the operator. Callers check that a player is a moderator.
 */
export async function exportResults(
  { em, rules }: ContestDeps,
  { actorId, format }: { actorId: string | null; format: ExportFormat },
): Promise<string | null> {
  const results = await findResults({ em, rules });
  if (results === null) return null;
  await recordAuditEntry(em, { actorId, action: 'EXPORT_RESULTS' });
  const winners = await em.find(Player, { id: { $in: results.map(({ player }) => player.id) } });
  return formatResults(results, new Map(winners.map(winner => [winner.id, winner])), format);
}

/** Returns the winners as JSON, or as CSV (RFC 4180) with a header and escaped formulas. */
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

import type { EntityManager } from '../platform/database/database.ts';
import { VOTING_STATE } from '../votes/voting-state.ts';
import type { VotingRules } from '../votes/write-votes.ts';

/** The time span in which votes count. */
export interface VotingWindow {
  opensAt: Date | null;
  /** The configured closing time, or the earlier end by a moderator; null for none. */
  closesAt: Date | null;
  /** The phase by the database's clock, which also decides on votes. */
  phase: 'NOT_YET_OPEN' | 'OPEN' | 'CLOSED';
}

/** Reads the voting window as of now. */
export async function readVotingWindow({
  em,
  rules,
}: {
  em: EntityManager;
  rules: VotingRules;
}): Promise<VotingWindow> {
  const [row] = await em.execute<{ closed_at: string | null; not_yet_open: boolean; is_over: boolean }[]>(
    `with ${VOTING_STATE} select closed_at, not_yet_open, is_over from voting left join closures on true`,
    [rules.votingOpensAt, rules.votingClosesAt],
  );
  const closedEarly = row?.closed_at ? new Date(row.closed_at) : null;
  const ends = [rules.votingClosesAt, closedEarly].filter(end => end !== null);
  return {
    opensAt: rules.votingOpensAt,
    closesAt: ends.length > 0 ? new Date(Math.min(...ends.map(Number))) : null,
    phase: row?.is_over ? 'CLOSED' : row?.not_yet_open ? 'NOT_YET_OPEN' : 'OPEN',
  };
}

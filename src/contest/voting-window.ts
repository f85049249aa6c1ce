import type { EntityManager } from '../platform/database/database.ts';
import type { VotingRules } from '../votes/write-votes.ts';

/** The time span in which votes count. */
export interface VotingWindow {
  opensAt: Date | null;
  /**
   * The configured closing time, or the earlier time at which a moderator closed the voting; null without
   * either.
   */
  closesAt: Date | null;
  /** By the database's clock, which also decides on votes. */
  phase: 'NOT_YET_OPEN' | 'OPEN' | 'CLOSED';
}

/** Reads the voting window as of now. */
export async function readVotingWindow(em: EntityManager, rules: VotingRules): Promise<VotingWindow> {
  const [row] = await em.execute<{ closed_at: string | null; before: boolean; after: boolean }[]>(
    `select closed_at, coalesce(clock_timestamp() < ?::timestamptz, false) as before,
            coalesce(clock_timestamp() >= ?::timestamptz, false) or closed_at <= clock_timestamp() as after
       from (select 1) as one left join closures on true`,
    [rules.votingOpensAt, rules.votingClosesAt],
  );
  const closedEarly = row?.closed_at ? new Date(row.closed_at) : null;
  const ends = [rules.votingClosesAt, closedEarly].filter(end => end !== null);
  return {
    opensAt: rules.votingOpensAt,
    closesAt: ends.length > 0 ? new Date(Math.min(...ends.map(Number))) : null,
    phase: row?.after ? 'CLOSED' : row?.before ? 'NOT_YET_OPEN' : 'OPEN',
  };
}

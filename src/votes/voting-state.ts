/**
 * SQL: a common table expression with one row, the state of the voting at `now` by the database's clock. Its
 * parameters are the opening and the closing time; null means no limit. The clock is read once. Votes are
 * dated with the time of their check, so none is dated after the end.
 */
export const VOTING_STATE = `voting as materialized (
  select now, coalesce(now < ?::timestamptz, false) as not_yet_open,
         coalesce(now >= ?::timestamptz, false) or exists (select from closures where closed_at <= now) as is_over
    from clock_timestamp() as now
)`;

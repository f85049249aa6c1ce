/*
 * A video's `sequence` grows with every update that a subscriber should see, in all processes. Each write to the
 * row adds 1. While a video waits, its queue position changes without a write: the turns that it has waited, of
 * TURN_SECONDS each by the database's clock, are added on read (`waitingSequence`). A write that leaves the video
 * waiting adds 1 only, as the turns are added again on read. The write that ends the wait stores the turns
 * (`NEXT_SEQUENCE_AFTER_WAIT`), so that the next sequence is higher than all that were sent.
 */

/** The interval of queue position updates, and the unit in which a wait adds to a video's sequence. */
export const TURN_SECONDS = 2;

/** SQL: whole turns since the timestamp in `column`, by the database's clock. */
export const turnsSince = (column: string): string =>
  `floor(extract(epoch from now() - ${column}) / ${TURN_SECONDS})::int`;

/** SQL: the sequence after a write that does not end a wait. */
export const NEXT_SEQUENCE = 'sequence + 1';

/** SQL: the sequence after a write that may end a wait; higher than every sequence sent during the wait. */
export const NEXT_SEQUENCE_AFTER_WAIT = `sequence + 1 + case when status = 'UPLOADED'
  then ${turnsSince('queued_at')} else 0 end`;

/**
 * Returns the sequence of a waiting video: that of its row plus the turns that it has waited. The turns are
 * the higher of those read with the row and those of the queue position, as another process may have sent a
 * position that is unknown in this process.
 */
export function waitingSequence(rowSequence: number, turnsOfRow: number, turnsOfPosition: number): number {
  return rowSequence + Math.max(turnsOfRow, turnsOfPosition);
}

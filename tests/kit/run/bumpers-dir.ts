import { join } from 'node:path';

/**
 * The folder of the bumpers, shared with the local stack. The name of a set of bumpers is derived from its
 * inputs, so stale bumpers are never used.
 */
export const BUMPERS_DIR = join(import.meta.dirname, '../../../.data/bumpers');

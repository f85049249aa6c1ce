import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema } from 'graphql';

/** Returns the changes from `released` to `current`, both SDL, that break clients; one sentence each. */
export async function findBreakingChanges(released: string, current: string): Promise<string[]> {
  const changes = await diff(buildSchema(released), buildSchema(current));
  return changes
    .filter(({ criticality }) => criticality.level === CriticalityLevel.Breaking)
    .map(({ message, criticality: { reason } }) => (reason ? `${message}: ${reason}` : message));
}

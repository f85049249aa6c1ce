import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema } from 'graphql';

/** What of the schema `current` breaks clients written for the schema `released`, a sentence each; both as SDL. */
export async function findBreakingChanges(released: string, current: string): Promise<string[]> {
  const changes = await diff(buildSchema(released), buildSchema(current));
  return changes
    .filter(({ criticality }) => criticality.level === CriticalityLevel.Breaking)
    .map(({ message, criticality: { reason } }) => (reason ? `${message}: ${reason}` : message));
}

import type { SignedLinks } from '../platform/crypto/signed-links.ts';
import type { EntityManager } from '../platform/database/database.ts';
import { isModerator } from '../players/find-players.ts';

/** Path below which the API serves the queue dashboard. */
export const QUEUE_DASHBOARD_PATH = '/operations/queue';

/** Lifetimes in seconds: `enter` is the link that a moderator opens, `visit` the cookie that replaces it. */
export const QUEUE_LINK_SECONDS = { enter: 60, visit: 3600 } as const;

type LinkKind = keyof typeof QUEUE_LINK_SECONDS;

/** Returns a signed path that opens the queue dashboard for a moderator. */
export function signQueueLink(links: SignedLinks, kind: LinkKind, moderatorId: string): string {
  return links.sign(`${QUEUE_DASHBOARD_PATH}/${kind}/${moderatorId}`, QUEUE_LINK_SECONDS[kind]);
}

/**
 * Returns the id of the moderator in a path from {@link signQueueLink}. Returns null for any other path, an
 * expired one, and a player who is no longer a moderator. Costs one query for a valid path.
 */
export async function findQueueLinkModerator(
  { em, links }: { em: EntityManager; links: SignedLinks },
  kind: LinkKind,
  signedPath: string,
): Promise<string | null> {
  const pattern = new RegExp(`^${QUEUE_DASHBOARD_PATH}/${kind}/([\\da-f-]{36})\\?`);
  const playerId = pattern.exec(signedPath)?.[1];
  if (playerId === undefined || !links.verify(signedPath)) return null;
  return (await isModerator(em, playerId)) ? playerId : null;
}

import { RequestCache } from '@pothos/plugin-scope-auth';
import type { Env } from '../src/env.ts';
import type { SignedLinks } from '../src/platform/crypto/signed-links.ts';
import type { EntityManager } from '../src/platform/database/database.ts';
import type { Leaderboard } from '../src/platform/leaderboard/leaderboard.ts';
import type { Logger } from '../src/platform/observability/logger.ts';
import type { EventBus } from '../src/platform/pubsub/event-bus.ts';
import type { RateLimiter } from '../src/platform/redis/rate-limiter.ts';
import type { Storage } from '../src/platform/storage/storage.ts';
import type { Language } from '../src/platform/text/languages.ts';
import type { AccessTokens } from '../src/players/access-tokens.ts';
import type { LogInLimits } from '../src/players/log-in.ts';
import type { Player } from '../src/players/player.entity.ts';
import type { PlayerReader } from '../src/players/player-reader.ts';
import type { RankingFeed } from '../src/rankings/ranking-feed.ts';
import type { VideoJobs } from '../src/videos/processing/video.jobs.ts';
import type { QueuePositions } from '../src/videos/queue/queue-positions.ts';
import type { Viewer } from '../src/videos/visibility.ts';
import type { VoteDeps } from '../src/votes/cast-vote.ts';
import type { VoteBatcher } from '../src/votes/vote-batcher.ts';
import { fieldError } from './graphql-errors.ts';
import { createLoaders, type Loaders } from './loaders.ts';

/** The services of the process that every operation uses. */
export interface Services {
  storage: Storage;
  jobs: VideoJobs;
  events: EventBus;
  accessTokens: AccessTokens;
  logInLimits: LogInLimits;
  signUpLimit: RateLimiter;
  voteBatcher: VoteBatcher;
  voteLimits: VoteDeps['limits'];
  leaderboard: Leaderboard;
  readPlayers: PlayerReader;
  rankingFeed: RankingFeed;
  queuePositions: QueuePositions;
  links: SignedLinks;
  settings: Pick<Env, 'auth' | 'media' | 'processing' | 'contest'> & { publicUrl: string };
}

/** The context of resolvers. Each operation and each event of a subscription has its own. */
export interface Context extends Services {
  /** Belongs to this operation or event, so that viewers never share entities. */
  em: EntityManager;
  /** Creates an entity manager, for work that outlives this operation or event. */
  forkEm: () => EntityManager;
  loaders: Loaders;
  /** The player of the access token; null without one. */
  viewer: Viewer;
  /** The client's IP address. */
  address: string;
  language: Language;
  requestId: string;
  logger: Logger;
}

/** Returns the viewer of a field for players. @throws {GraphQLError} `UNAUTHENTICATED` without a viewer. */
export function requireViewer({ viewer }: Context): NonNullable<Viewer> {
  if (viewer === null) throw fieldError('UNAUTHENTICATED');
  return viewer;
}

/**
 * Creates the entity manager and the loaders of a context. Operations and events never share them, because their
 * data becomes stale.
 */
export function createRequestScoped({
  forkEm,
  viewer,
  leaderboard,
  readPlayers,
}: Pick<Context, 'forkEm' | 'viewer' | 'leaderboard' | 'readPlayers'>): Pick<Context, 'em' | 'loaders'> {
  const em = forkEm();
  return { em, loaders: createLoaders({ em, viewer, leaderboard, readPlayers }) };
}

/** Sets the viewer of the remaining fields of the operation: the player of a new session. */
export function setViewer(context: Context, { id, role }: Pick<Player, 'id' | 'role'>): void {
  context.viewer = { playerId: id, role };
  context.loaders = createLoaders(context);
  // The cache holds the permissions of the previous viewer.
  RequestCache.clearForContext(context);
}

import type { Services } from '../schema/context.ts';
import type { Env } from '../src/env.ts';
import { createSignedLinks } from '../src/platform/crypto/signed-links.ts';
import type { Logger } from '../src/platform/observability/logger.ts';
import { createRateLimiter, type RateLimiter } from '../src/platform/redis/rate-limiter.ts';
import { createAccessTokens } from '../src/players/access-tokens.ts';
import { LOG_IN_WINDOW_SECONDS, SIGN_UP_WINDOW_SECONDS } from '../src/players/auth-settings.ts';
import { createPlayerReader } from '../src/players/player-reader.ts';
import { createRankingFeed } from '../src/rankings/ranking-feed.ts';
import type { LeaderboardSync } from '../src/rankings/start-leaderboard-sync.ts';
import type { Stores } from '../src/stores.ts';
import { createQueuePositions } from '../src/videos/queue/queue-positions.ts';
import { createVoteBatcher } from '../src/votes/vote-batcher.ts';
import type { QueryCostLimits } from './graphql/query-cost.ts';

const MINUTE_SECONDS = 60;

/** The rate limits of the API. Every API process shares their counts through Redis. */
interface RateLimits extends Pick<Services, 'logInLimits' | 'signUpLimit' | 'voteLimits'> {
  costLimits: QueryCostLimits;
}

/** Creates all rate limits. */
export function createRateLimits({ auth, contest, limits }: Env, redis: Stores['redis']): RateLimits {
  const limiter = (name: string, points: number, windowSeconds: number): RateLimiter =>
    createRateLimiter(redis, { name, points, windowSeconds });
  return {
    costLimits: {
      accounts: limiter('cost:account', limits.costPerMinute, MINUTE_SECONDS),
      networks: limiter('cost:network', limits.costPerMinutePerNetwork, MINUTE_SECONDS),
    },
    logInLimits: {
      accounts: limiter('log-in:account', auth.logInAttempts, LOG_IN_WINDOW_SECONDS),
      networks: limiter('log-in:network', auth.logInAttemptsPerAddress, LOG_IN_WINDOW_SECONDS),
    },
    signUpLimit: limiter('sign-up:network', auth.signUpsPerHour, SIGN_UP_WINDOW_SECONDS),
    voteLimits: {
      accounts: limiter('vote:account', contest.votesPerMinute, MINUTE_SECONDS),
      networks: limiter('vote:network', contest.votesPerMinutePerNetwork, MINUTE_SECONDS),
    },
  };
}

/** Creates the services of resolvers. */
export function createServices(
  env: Env,
  logger: Logger,
  {
    stores,
    rateLimits,
    leaderboardSync,
  }: { stores: Stores; rateLimits: RateLimits; leaderboardSync: LeaderboardSync },
): Services {
  const { forkEm, leaderboard, events, jobs, storage } = stores;
  const { logInLimits, signUpLimit, voteLimits } = rateLimits;
  const { auth, media, processing, contest } = env;
  return {
    storage,
    jobs,
    events,
    accessTokens: createAccessTokens(auth),
    logInLimits,
    signUpLimit,
    voteLimits,
    voteBatcher: createVoteBatcher({
      forkEm,
      rules: contest,
      secrets: auth.secrets,
      onChange: leaderboardSync.trigger,
    }),
    leaderboard,
    readPlayers: createPlayerReader(forkEm),
    rankingFeed: createRankingFeed({ forkEm, leaderboard, events, logger }),
    queuePositions: createQueuePositions({ forkEm, logger }),
    links: createSignedLinks(auth.secrets),
    settings: { auth, media, processing, contest, publicUrl: env.http.publicUrl },
  };
}

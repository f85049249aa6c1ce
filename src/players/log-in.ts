import { createHash } from 'node:crypto';
import type { RateLimiter } from '../platform/redis/rate-limiter.ts';
import { toNetwork } from '../platform/text/network.ts';
import { emailProblems, normalizeEmail } from './credentials.ts';
import { verifyPassword } from './passwords.ts';
import { Player } from './player.entity.ts';
import { BadCredentials, TooManyAttempts } from './players.errors.ts';
import { type OpenSession, openSession, type SessionDeps } from './sessions.ts';

/** Failures are counted per account and per network, whether or not there is such an account. */
export interface LogInLimits {
  accounts: RateLimiter;
  networks: RateLimiter;
}

export interface LogInInput {
  email: string;
  password: string;
}

/**
 * Opens a session for whoever knows the password. An unknown e-mail and a wrong password take the same time and give
 * the same error; so does an unknown e-mail that is tried too often.
 *
 * @param address the client's IP address.
 * @throws {BadCredentials}
 * @throws {TooManyAttempts} also for the right password, and for more attempts at the same time than may fail.
 */
export async function logIn(
  deps: SessionDeps & { limits: LogInLimits },
  input: LogInInput,
  address: string,
): Promise<OpenSession> {
  const { em, limits } = deps;
  const email = normalizeEmail(input.email);
  const network = toNetwork(address);
  // Hashed, so that Redis holds nobody's e-mail, nor a key as long as a client likes.
  const account = createHash('sha256').update(email).digest('base64url');

  // Before the password is looked at: of many guesses at once, no more pass than may fail.
  await take(limits.networks, network);
  await take(limits.accounts, account);

  // What can't be an e-mail isn't looked up: PostgreSQL fails on a NUL.
  const player = emailProblems(email).length === 0 ? await em.findOne(Player, { email }) : null;
  const known = await verifyPassword(player?.passwordHash ?? null, input.password);
  if (player === null || !known) throw new BadCredentials();

  // The network keeps its failures: else an attacker with one account of their own would start afresh at will.
  await Promise.all([limits.networks.giveBack(network), limits.accounts.reset(account)]);
  return openSession(deps, player);
}

async function take(limiter: RateLimiter, key: string): Promise<void> {
  const allowance = await limiter.consume(key);
  if (!allowance.allowed) throw new TooManyAttempts(allowance.retryAfterSeconds);
}

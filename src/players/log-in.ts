import { createHash } from 'node:crypto';
import type { RateLimiter } from '../platform/redis/rate-limiter.ts';
import { toNetwork } from '../platform/text/to-network.ts';
import { findEmailProblems, normalizeEmail } from './credentials.ts';
import { verifyPassword } from './passwords.ts';
import { Player } from './player.entity.ts';
import { BadCredentials, TooManyAttempts } from './players.errors.ts';
import { type OpenSession, openSession, type SessionDeps } from './sessions.ts';

/** Limits of failed attempts per account and per network. Unknown accounts are counted as well. */
export interface LogInLimits {
  accounts: RateLimiter;
  networks: RateLimiter;
}

export interface LogInInput {
  email: string;
  password: string;
}

/**
 * Opens a session for a player with the right password. An unknown e-mail and a wrong password take the same
 * time and give the same error. The limits apply to unknown e-mails in the same way.
 *
 * @param address the client's IP address.
 * @throws {BadCredentials}
 * @throws {TooManyAttempts} also for the right password, and for more concurrent attempts than may fail.
 */
export async function logIn(
  deps: SessionDeps & { limits: LogInLimits },
  input: LogInInput,
  address: string,
): Promise<OpenSession> {
  const { em, limits } = deps;
  const email = normalizeEmail(input.email);
  const network = toNetwork(address);
  // Redis stores a hash instead of the e-mail: a key of fixed length without personal data.
  const account = createHash('sha256').update(email).digest('base64url');

  // The limits are consumed before the check, so concurrent guesses cannot exceed the limit of failures.
  await consume(limits.networks, network);
  await consume(limits.accounts, account);

  // An invalid e-mail is not looked up: PostgreSQL rejects NUL characters.
  const player = findEmailProblems(email).length === 0 ? await em.findOne(Player, { email }) : null;
  const matches = await verifyPassword(player?.passwordHash ?? null, input.password);
  if (player === null || !matches) throw new BadCredentials();

  // The network's failures are not reset: an attacker could reset them by logging in to their own account.
  await Promise.all([limits.networks.refund(network), limits.accounts.reset(account)]);
  return openSession(deps, player);
}

async function consume(limiter: RateLimiter, key: string): Promise<void> {
  const allowance = await limiter.consume(key);
  if (!allowance.allowed) throw new TooManyAttempts(allowance.retryAfterSeconds);
}

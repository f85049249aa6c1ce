import { InvalidInput } from '../platform/errors.ts';
import type { RateLimiter } from '../platform/redis/rate-limiter.ts';
import { toNetwork } from '../platform/text/to-network.ts';
import { findEmailProblems, findPasswordProblems, normalizeEmail } from './credentials.ts';
import { hashPassword } from './passwords.ts';
import { Player } from './player.entity.ts';
import { EmailTaken, TooManyAttempts } from './players.errors.ts';
import { findProfileProblems, normalizeProfile, type Profile } from './profile.ts';
import { type OpenSession, openSession, type SessionDeps } from './sessions.ts';
import { toCityKey } from './to-city-key.ts';
import { reserveUsernameNumber, toUsername, toUsernameBase } from './usernames.ts';

export interface SignUpInput extends Profile {
  email: string;
  password: string;
  passwordConfirmation: string;
}

/**
 * Creates a player with a unique username and opens a session. Safe for concurrent sign-ups with the same
 * name or e-mail.
 *
 * @throws {InvalidInput} naming every problem.
 * @throws {EmailTaken}
 * @throws {TooManyAttempts} when the network of `address` exceeded its limit of sign-ups.
 */
export async function signUp(
  deps: SessionDeps & { limit: RateLimiter },
  input: SignUpInput,
  address: string,
): Promise<OpenSession> {
  const profile = normalizeProfile(input);
  const email = normalizeEmail(input.email);
  const problems = [
    ...findProfileProblems(profile),
    ...findEmailProblems(email),
    ...findPasswordProblems(input.password, input.passwordConfirmation, email),
  ];
  if (problems.length > 0) throw new InvalidInput(problems);
  const allowance = await deps.limit.consume(toNetwork(address));
  if (!allowance.allowed) throw new TooManyAttempts(allowance.retryAfterSeconds);

  const passwordHash = await hashPassword(input.password);
  const usernameBase = toUsernameBase(profile);

  return deps.em.transactional(async em => {
    const usernameNumber = await reserveUsernameNumber(em, usernameBase);
    const [player] = await em
      .createQueryBuilder(Player)
      .insert({
        ...profile,
        email,
        passwordHash,
        usernameBase,
        usernameNumber,
        username: toUsername(usernameBase, usernameNumber),
        cityKey: toCityKey(profile.city),
      })
      .onConflict('email')
      .ignore()
      .returning('*')
      .getResultList();
    if (player === undefined) throw new EmailTaken();
    return openSession({ ...deps, em }, player);
  });
}

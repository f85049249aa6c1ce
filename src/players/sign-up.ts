import { InvalidInput } from '../platform/errors.ts';
import type { RateLimiter } from '../platform/redis/rate-limiter.ts';
import { toNetwork } from '../platform/text/network.ts';
import { toCityKey } from './city.ts';
import { emailProblems, normalizeEmail, passwordProblems } from './credentials.ts';
import { hashPassword } from './passwords.ts';
import { Player } from './player.entity.ts';
import { EmailTaken, TooManyAttempts } from './players.errors.ts';
import { type Profile, profileProblems, tidyProfile } from './profile.ts';
import { type OpenSession, openSession, type SessionDeps } from './sessions.ts';
import { reserveUsernameNumber, toUsername, toUsernameBase } from './usernames.ts';

export interface SignUpInput extends Profile {
  email: string;
  password: string;
  passwordConfirmation: string;
}

/**
 * Makes somebody a player with a username of their own and logs them in. Namesakes, and people who type the same
 * e-mail, may come at the same time.
 *
 * @throws {InvalidInput} naming every problem.
 * @throws {EmailTaken}
 * @throws {TooManyAttempts} when the network of `address` has signed up too many lately.
 */
export async function signUp(
  deps: SessionDeps & { limit: RateLimiter },
  input: SignUpInput,
  address: string,
): Promise<OpenSession> {
  const profile = tidyProfile(input);
  const email = normalizeEmail(input.email);
  const problems = [
    ...profileProblems(profile),
    ...emailProblems(email),
    ...passwordProblems(input.password, input.passwordConfirmation, email),
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

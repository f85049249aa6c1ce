/** A condition under which the process must not start; the message states in one line the required change. */
export class StartupError extends Error {
  override name = 'StartupError';
}

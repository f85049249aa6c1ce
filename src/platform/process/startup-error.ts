/** A condition under which the process must not start. The message states the required change in one line. */
export class StartupError extends Error {
  override name = 'StartupError';
}

/** The process must not start as things are; the message tells the operator in one line what has to change. */
export class StartupError extends Error {
  override name = 'StartRefused';
}

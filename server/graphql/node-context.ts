import type { IncomingMessage, ServerResponse } from 'node:http';

/** Yoga's server context of a request on `node:http`. */
export interface NodeContext {
  req: IncomingMessage;
  res: ServerResponse;
}

/** The request of an operation, and its response; an operation on a WebSocket has no response. */
export interface OperationTransport {
  req: IncomingMessage;
  res?: ServerResponse;
}

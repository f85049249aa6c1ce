import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { Language } from '../text/languages.ts';
import type { Logger } from './logger.ts';

/** The context of one HTTP request or WebSocket message. */
export interface RequestContext {
  /** Id in the response, in errors and in each log line. */
  requestId: string;
  logger: Logger;
  /** The language of error messages. */
  language: Language;
}

/** Creates a context with a new id. The logger is created on first use, as few requests log anything. */
export function createRequestContext(logger: Logger, language: Language): RequestContext {
  const requestId = randomUUID();
  let requestLogger: Logger | undefined;
  return {
    requestId,
    language,
    get logger() {
      requestLogger ??= logger.child({ requestId });
      return requestLogger;
    },
  };
}

/** The context of the current request; undefined outside of a request. */
export const requestContext = new AsyncLocalStorage<RequestContext>();

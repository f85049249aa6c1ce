import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { Language } from '../text/languages.ts';
import type { Logger } from './logger.ts';

/** What everything done for one request or socket message shares. */
export interface RequestContext {
  /** Stands in the response, in errors and in each log line. */
  requestId: string;
  logger: Logger;
  /** What its errors are told in. */
  language: Language;
}

/** A scope with an id of its own. Its logger is made for the first line, as few requests log any. */
export function createRequestContext(logger: Logger, language: Language): RequestContext {
  const requestId = randomUUID();
  let own: Logger | undefined;
  return {
    requestId,
    language,
    get logger() {
      own ??= logger.child({ requestId });
      return own;
    },
  };
}

/** The request that the running code works for; undefined outside any. */
export const requestContext = new AsyncLocalStorage<RequestContext>();

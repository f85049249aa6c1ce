import { AsyncLocalStorage } from 'node:async_hooks';
import type { Language } from './languages.ts';
import type { Logger } from './logger.ts';

/** What everything done for one request or socket message shares. */
export interface RequestScope {
  /** Stands in the response, in errors and in each log line. */
  requestId: string;
  logger: Logger;
  /** What its errors are told in. */
  language: Language;
}

/** The request that the running code works for; undefined outside any. */
export const requestScope = new AsyncLocalStorage<RequestScope>();

import type { IncomingHttpHeaders } from 'node:http';
import fresh from 'fresh';

/** The two validators of a stored file, as they are sent; the tag is a strong one. */
export interface Validators {
  etag: string;
  'last-modified': string;
}

/** Whether a read may go on (`proceed`), needs no body (`not-modified`, 304) or must not happen (`failed`, 412): RFC 9110 §13.2.2. */
export function checkPreconditions(
  headers: IncomingHttpHeaders,
  validators: Validators,
): 'proceed' | 'not-modified' | 'failed' {
  const { 'if-match': match, 'if-unmodified-since': unmodifiedSince } = headers;
  if (match !== undefined) {
    const tags = match.split(',').map(tag => tag.trim());
    if (match !== '*' && !tags.includes(validators.etag)) return 'failed';
  } else if (unmodifiedSince !== undefined) {
    // An unreadable date compares false and is ignored, as the RFC asks.
    if (Date.parse(validators['last-modified']) > Date.parse(unmodifiedSince)) return 'failed';
  }
  return fresh(headers, { ...validators }) ? 'not-modified' : 'proceed';
}

/** Whether a range may be cut from the file as it is now: no `If-Range`, or one that names it exactly (RFC 9110 §13.1.5). */
export function rangeApplies(headers: IncomingHttpHeaders, validators: Validators): boolean {
  const ifRange = headers['if-range'];
  return ifRange === undefined || ifRange === validators.etag || ifRange === validators['last-modified'];
}

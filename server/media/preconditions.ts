import type { IncomingHttpHeaders } from 'node:http';
import fresh from 'fresh';

/** The two validators of a stored file, as response headers; the entity tag is strong. */
export interface Validators {
  etag: string;
  'last-modified': string;
}

/**
 * Evaluates the preconditions of a read (RFC 9110 §13.2.2): `proceed`, `not-modified` (304, no body) or
 * `failed` (412).
 */
export function checkPreconditions(
  headers: IncomingHttpHeaders,
  validators: Validators,
): 'proceed' | 'not-modified' | 'failed' {
  const { 'if-match': match, 'if-unmodified-since': unmodifiedSince } = headers;
  if (match !== undefined) {
    const tags = match.split(',').map(tag => tag.trim());
    if (match !== '*' && !tags.includes(validators.etag)) return 'failed';
  } else if (unmodifiedSince !== undefined) {
    // An invalid date compares false and is thereby ignored, as the RFC requires.
    if (Date.parse(validators['last-modified']) > Date.parse(unmodifiedSince)) return 'failed';
  }
  return fresh(headers, { ...validators }) ? 'not-modified' : 'proceed';
}

/**
 * Returns whether a range applies to the current file (RFC 9110 §13.1.5). The request then has no `If-Range`, or
 * one that matches exactly.
 */
export function rangeApplies(headers: IncomingHttpHeaders, validators: Validators): boolean {
  const ifRange = headers['if-range'];
  return ifRange === undefined || ifRange === validators.etag || ifRange === validators['last-modified'];
}

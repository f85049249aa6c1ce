import type { ServerResponse } from 'node:http';

const YEAR_SECONDS = 31_536_000;

/**
 * Creates a function that sets the default security headers of a response; routes may override them. A
 * response loads nothing, keeps its declared type, cannot be framed and sends no referrer. Behind https the
 * headers add HSTS for a year (RFC 6797).
 */
export function createSecurityHeaders(publicUrl: string): (response: ServerResponse) => void {
  const headers = new Headers({
    'content-security-policy':
      "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    // For browsers without support for frame-ancestors.
    'x-frame-options': 'DENY',
    ...(publicUrl.startsWith('https:') && { 'strict-transport-security': `max-age=${YEAR_SECONDS}` }),
  });
  return response => {
    response.setHeaders(headers);
  };
}

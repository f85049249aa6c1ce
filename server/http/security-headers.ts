import type { ServerResponse } from 'node:http';

const YEAR_SECONDS = 31_536_000;

/**
 * Puts on each response what browsers are to heed of it unless its route says otherwise: it is no page and loads nothing,
 * is what its type says, is shown in no frame, and tells no other site where its reader came from. Behind https browsers
 * come back by https only (RFC 6797).
 */
export function createSecurityHeaders(publicUrl: string): (response: ServerResponse) => void {
  const headers = new Headers({
    'content-security-policy':
      "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    // For browsers that know no frame-ancestors.
    'x-frame-options': 'DENY',
    ...(publicUrl.startsWith('https:') && { 'strict-transport-security': `max-age=${YEAR_SECONDS}` }),
  });
  return response => {
    response.setHeaders(headers);
  };
}

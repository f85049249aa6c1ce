import { createHash } from 'node:crypto';

/**
 * Headers for a page that talks to its own origin only and that nobody may frame. `sources` adds Content Security Policy
 * directives to those that every explorer needs.
 */
export function createExplorerHeaders(sources: Record<string, string>): Record<string, string> {
  const policy = {
    'default-src': "'none'",
    'connect-src': "'self'",
    'img-src': "'self' data:",
    'font-src': "'self' data:",
    // Both explorers style their editors from script.
    'style-src': "'self' 'unsafe-inline'",
    'base-uri': "'self'",
    'form-action': "'none'",
    'frame-ancestors': "'none'",
    ...sources,
  };
  return {
    'content-security-policy': Object.entries(policy)
      .map(([directive, value]) => `${directive} ${value}`)
      .join('; '),
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  };
}

/** Base64 of a text's SHA-256: how a Content Security Policy names a script that may run. */
export function toCspHash(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

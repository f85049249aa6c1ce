import { createHash } from 'node:crypto';

/**
 * Returns headers for a page that connects only to its own origin and cannot be framed. `sources` adds or
 * replaces directives of the Content Security Policy.
 */
export function createExplorerHeaders(sources: Record<string, string>): Record<string, string> {
  const policy = {
    'default-src': "'none'",
    'connect-src': "'self'",
    'img-src': "'self' data:",
    'font-src': "'self' data:",
    // Scripts of both explorers set the styles of their editors.
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

/** Returns the Base64 SHA-256 of a script, by which a Content Security Policy allows the script. */
export function toCspHash(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

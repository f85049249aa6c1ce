import { createHmac, timingSafeEqual } from 'node:crypto';
import { type DerivedKey, deriveKeys, type Secrets } from './derive-keys.ts';

/** Links that grant every holder access to one path until they expire. */
export interface SignedLinks {
  /** Returns `path` with an expiry and a signature as its query. The path must be normalized. */
  sign(path: string, lifetimeSeconds: number): string;

  /** Returns whether `url`, a path with its query, has a valid signature and has not expired. */
  verify(url: string): boolean;
}

/**
 * Creates links that are signed with HMAC-SHA256, with a separate key derived from the first secret. Every
 * process with one of the secrets can verify them.
 */
export function createSignedLinks(secrets: Secrets, now: () => Date = () => new Date()): SignedLinks {
  const keys = deriveKeys(secrets, 'anb-rising-stars/signed-links/v1');
  const getSeconds = () => Math.floor(now().getTime() / 1000);
  const createSignature = ({ key }: DerivedKey, path: string, expires: string) =>
    createHmac('sha256', key).update(`${path}\n${expires}`).digest('base64url');

  return {
    sign(path, lifetimeSeconds) {
      const expires = String(getSeconds() + lifetimeSeconds);
      return `${path}?expires=${expires}&signature=${createSignature(keys[0], path, expires)}`;
    },

    verify(url) {
      const [path = '', query] = url.split('?', 2);
      const parameters = new URLSearchParams(query);
      const expires = parameters.get('expires') ?? '';
      if (!/^\d{1,12}$/.test(expires)) return false;
      const signature = Buffer.from(parameters.get('signature') ?? '');
      const isGenuine = keys.some(key => {
        // The comparison is by text, as base64url has several encodings of the same bytes.
        const expected = Buffer.from(createSignature(key, path, expires));
        return expected.length === signature.length && timingSafeEqual(expected, signature);
      });
      return isGenuine && getSeconds() < Number(expires);
    },
  };
}

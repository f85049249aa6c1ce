import { createHmac, timingSafeEqual } from 'node:crypto';
import { type DerivedKey, deriveKeys, type Secrets } from './derive-keys.ts';

/** Links that open one path until they expire, for whoever holds them. */
export interface SignedLinks {
  /** `path` with an expiry and a signature in its query. The path must be in its shortest form, without a query. */
  sign(path: string, lifetimeSeconds: number): string;

  /** Whether `url`, a path with its query, was signed here, is unchanged and has not expired. */
  verify(url: string): boolean;
}

/** Signs with HMAC-SHA256 under a key of its own from the first secret; any process that has this secret can verify. */
export function createSignedLinks(secrets: Secrets, now: () => Date = () => new Date()): SignedLinks {
  const keys = deriveKeys(secrets, 'anb-rising-stars/signed-links/v1');
  const nowSeconds = () => Math.floor(now().getTime() / 1000);
  const signature = ({ key }: DerivedKey, path: string, expires: string) =>
    createHmac('sha256', key).update(`${path}\n${expires}`).digest('base64url');

  return {
    sign(path, lifetimeSeconds) {
      const expires = String(nowSeconds() + lifetimeSeconds);
      return `${path}?expires=${expires}&signature=${signature(keys[0], path, expires)}`;
    },

    verify(url) {
      const [path = '', query] = url.split('?', 2);
      const parameters = new URLSearchParams(query);
      const expires = parameters.get('expires') ?? '';
      if (!/^\d{1,12}$/.test(expires)) return false;
      const given = Buffer.from(parameters.get('signature') ?? '');
      const genuine = keys.some(key => {
        // Texts are compared, not decoded bytes: base64url has several spellings of the same bytes.
        const expected = Buffer.from(signature(key, path, expires));
        return expected.length === given.length && timingSafeEqual(expected, given);
      });
      return genuine && nowSeconds() < Number(expires);
    },
  };
}

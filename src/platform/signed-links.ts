import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/** Links that open one path until they expire, for whoever holds them. */
export interface SignedLinks {
  /** `path` with an expiry and a signature in its query. The path must be in its shortest form, without a query. */
  sign(path: string, lifetimeSeconds: number): string;

  /** Whether `url`, a path with its query, was signed here, is unchanged and has not expired. */
  verify(url: string): boolean;
}

/** Signs with HMAC-SHA256 under a key of its own, derived from `secret` by HKDF (RFC 5869); any process with the same secret can verify. */
export function createSignedLinks(secret: string, now: () => Date = () => new Date()): SignedLinks {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'anb-rising-stars/signed-links/v1', 32));
  const nowSeconds = () => Math.floor(now().getTime() / 1000);
  const signature = (path: string, expires: string) =>
    createHmac('sha256', key).update(`${path}\n${expires}`).digest('base64url');

  return {
    sign(path, lifetimeSeconds) {
      const expires = String(nowSeconds() + lifetimeSeconds);
      return `${path}?expires=${expires}&signature=${signature(path, expires)}`;
    },

    verify(url) {
      const [path = '', query] = url.split('?', 2);
      const parameters = new URLSearchParams(query);
      const expires = parameters.get('expires') ?? '';
      if (!/^\d{1,12}$/.test(expires)) return false;
      const expected = Buffer.from(signature(path, expires));
      const given = Buffer.from(parameters.get('signature') ?? '');
      // Texts are compared, not decoded bytes: base64url has several spellings of the same bytes.
      const genuine = expected.length === given.length && timingSafeEqual(expected, given);
      return genuine && nowSeconds() < Number(expires);
    },
  };
}

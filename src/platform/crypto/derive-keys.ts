import { hkdfSync } from 'node:crypto';

/** At least one; the first is in use, the others are what it replaces. */
export type Secrets = readonly [string, ...string[]];

/** A key for one purpose. */
export interface DerivedKey {
  /** Names the secret that the key comes from, and tells nothing of it. */
  id: string;
  key: Buffer<ArrayBuffer>;
}

/** A key of 256 bits from each secret, in their order, by HKDF (RFC 5869). Keys of two purposes tell nothing of each other. */
export function deriveKeys(secrets: Secrets, purpose: string): readonly [DerivedKey, ...DerivedKey[]] {
  const derive = (secret: string): DerivedKey => ({
    id: hkdf(secret, 'anb-rising-stars/key-id/v1', 9).toString('base64url'),
    key: hkdf(secret, purpose, 32),
  });
  const [first, ...others] = secrets;
  return [derive(first), ...others.map(derive)];
}

const hkdf = (secret: string, purpose: string, sizeBytes: number) =>
  Buffer.from(hkdfSync('sha256', secret, '', purpose, sizeBytes));

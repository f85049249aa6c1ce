import { hkdfSync } from 'node:crypto';

/** One or more secrets: the first is current, the others are its predecessors during a rotation. */
export type Secrets = readonly [string, ...string[]];

/** A key that is derived from a secret for one purpose. */
export interface DerivedKey {
  /** Identifies the secret without revealing it. */
  id: string;
  key: Buffer<ArrayBuffer>;
}

/**
 * Derives a 256-bit key from each secret, in order, by HKDF (RFC 5869). A key of one purpose reveals nothing
 * about the key of another.
 */
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

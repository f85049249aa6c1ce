/** Returns a Relay global id: opaque to clients and safe in a URL. */
export function encodeId(typename: string, id: string | number | bigint): string {
  return Buffer.from(`${typename}:${id}`).toString('base64url');
}

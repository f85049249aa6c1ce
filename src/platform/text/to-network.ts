import { isIPv6 } from 'node:net';

/**
 * Returns the network of an address: an IPv4 address itself, or the /64 of an IPv6 address. Networks are the
 * unit of rate limits. One subscriber controls a whole /64 (RFC 6177). Returns a text that is no address
 * unchanged.
 */
export function toNetwork(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.toLowerCase().split('%', 1).join('').split('::', 2);
  const left = toGroups(head);
  const right = toGroups(tail ?? '');
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => 0);
  return `${[...left, ...zeros, ...right]
    .slice(0, 4)
    .map(group => group.toString(16))
    .join(':')}::/64`;
}

/** Returns the 16-bit groups of a part of an address; a dotted IPv4 tail counts as two groups. */
function toGroups(part: string): number[] {
  if (part === '') return [];
  return part.split(':').flatMap(group => (group.includes('.') ? [0, 0] : [Number.parseInt(group, 16)]));
}

import { BlockList, isIP, isIPv4 } from 'node:net';

/*
 * Which addresses are on the public internet. Outgoing requests to all others are rejected: this machine, private
 * networks, link-local addresses with the metadata services of clouds, documentation and reserved ranges.
 */

/** IANA IPv4 Special-Purpose Address Registry, plus multicast and reserved. */
const specialIpv4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
/** Special ranges inside 2000::/3, the only global unicast range of IPv6. 2002::/16 embeds any IPv4 address. */
const specialIpv6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

const special4 = listOf(specialIpv4);
const special6 = listOf(specialIpv6);
const global6 = listOf(['2000::/3']);

/** The version of an IP address: 4 or 6; 0 for anything else. IPv6 without the brackets of a URL. */
export const ipVersion = (address: string): number => isIP(address);

/**
 * Whether an IP address is on the public internet; an IPv6 address that embeds an IPv4 address counts as the latter.
 */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !special4.check(address, 'ipv4');
  if (family !== 6 || address.includes('%')) return false;
  const embedded = embeddedIpv4(address);
  if (embedded) return isPublicAddress(embedded);
  return global6.check(address, 'ipv6') && !special6.check(address, 'ipv6');
}

/** The IPv4 address in `::ffff:0:0/96` (mapped, RFC 4291 section 2.5.5.2) and `64:ff9b::/96` (NAT64, RFC 6052). */
function embeddedIpv4(address: string): string | undefined {
  const words = wordsOf(address);
  const prefix = words
    .slice(0, 6)
    .map((word) => word.toString(16))
    .join(':');
  if (prefix !== '0:0:0:0:0:ffff' && prefix !== '64:ff9b:0:0:0:0') return undefined;
  return words
    .slice(6)
    .flatMap((word) => [word >> 8, word & 255])
    .join('.');
}

/** The eight 16-bit words of an IPv6 address. */
function wordsOf(address: string): number[] {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const text = dotted
    ? `${dotted[1]}${((Number(dotted[2]) << 8) | Number(dotted[3])).toString(16)}:${((Number(dotted[4]) << 8) | Number(dotted[5])).toString(16)}`
    : address;
  const [head = '', tail] = text.split('::', 2);
  const parse = (part: string) => (part === '' ? [] : part.split(':').map((word) => Number.parseInt(word, 16)));
  if (tail === undefined) return parse(head);
  const [before, after] = [parse(head), parse(tail)];
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
}

/** Hosts and networks that an operator allows although they are not public. */
export interface AllowList {
  hasHost: (host: string) => boolean;
  hasAddress: (address: string) => boolean;
}

/**
 * @param entries host names, IP addresses and CIDR ranges
 * @throws Error that names the first invalid entry
 */
export function createAllowList(entries: readonly string[]): AllowList {
  const networks = new BlockList();
  const hosts = new Set<string>();
  for (const entry of entries) {
    const [address = '', bits] = entry.split('/', 2);
    if (isIP(address)) addNetwork(networks, entry);
    else if (bits === undefined && /^[a-z0-9._-]+$/i.test(entry)) hosts.add(entry.toLowerCase());
    else throw new Error(`“${entry}” is neither a host name nor an address nor a range like 10.0.0.0/8.`);
  }
  return {
    hasHost: (host) => hosts.has(host.toLowerCase()),
    hasAddress: (address) => {
      const family = isIP(address);
      return family !== 0 && networks.check(address, family === 4 ? 'ipv4' : 'ipv6');
    },
  };
}

function listOf(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) addNetwork(list, range);
  return list;
}

function addNetwork(list: BlockList, entry: string): void {
  const [address = '', bits] = entry.split('/', 2);
  const family = isIPv4(address) ? 'ipv4' : 'ipv6';
  const width = family === 'ipv4' ? 32 : 128;
  const length = bits === undefined ? width : Number(bits);
  if (!Number.isInteger(length) || length < 0 || length > width)
    throw new Error(`“${entry}” is not a range of addresses.`);
  list.addSubnet(address, length, family);
}

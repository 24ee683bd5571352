import type { IncomingMessage } from 'node:http';
import { compile } from '@fastify/proxy-addr';
import ipaddr from 'ipaddr.js';
import type { Networks } from '../kernel/origin.ts';

/** The verified origin of a request. */
export interface Client {
  /** IPv4, or IPv6 in its compressed form (RFC 5952). Empty if the connection is closed already. */
  readonly ip: string;
  /** Whether a trusted proxy reported the address: then its other headers count too. */
  readonly isForwarded: boolean;
}

/** Reads the headers of proxies in front of the server; headers from untrusted peers are ignored. */
export interface Proxies {
  client: (request: IncomingMessage) => Client;
  /** The last value of a header like `X-Forwarded-Host`, if a trusted proxy sent the request. */
  forwarded: (request: IncomingMessage, header: string) => string | undefined;
}

/**
 * @param trusted addresses and CIDR ranges of proxies
 * @throws TypeError that names an entry that is neither
 */
export function createProxies(trusted: readonly string[]): Proxies {
  const isProxy: (address: string, hop: number) => boolean = trusted.length === 0 ? () => false : compile([...trusted]);
  const peerOf = (request: IncomingMessage) => readAddress(request.socket.remoteAddress ?? '');
  return {
    client(request) {
      const peer = peerOf(request);
      if (peer === undefined || !isProxy(peer, 0)) return { ip: peer ?? '', isForwarded: false };
      const entries = String(request.headers['x-forwarded-for'] ?? '').split(',');
      let client: Client = { ip: peer, isForwarded: false };
      // From the nearest proxy outwards. Entries before the first address that is not a trusted proxy, or is invalid,
      // may be forged.
      for (let hop = 1; entries.length > 0; hop += 1) {
        const address = readAddress(entries.pop() as string);
        if (address === undefined) return client;
        client = { ip: address, isForwarded: true };
        if (!isProxy(address, hop)) return client;
      }
      return client;
    },
    forwarded(request, header) {
      const value = request.headers[header];
      if (value === undefined) return undefined;
      const peer = peerOf(request);
      if (peer === undefined || !isProxy(peer, 0)) return undefined;
      return String(value).split(',').at(-1)?.trim() || undefined;
    },
  };
}

/** `203.0.113.7:51008`, `[2001:db8::1]:443` and `[2001:db8::1]`, as gateways write addresses into `X-Forwarded-For`. */
const withPort = /^(?:\[([^\]]*)\](?::\d{1,5})?|(\d+\.\d+\.\d+\.\d+):\d{1,5})$/;

/**
 * The canonical form of an address: no port, brackets or zone; an IPv4-mapped IPv6 address becomes IPv4. Undefined for
 * other values (`unknown`, obfuscated identifiers such as `_gazonk`, RFC 7239 section 6.3).
 */
export function readAddress(text: string): string | undefined {
  const entry = text.trim();
  const match = withPort.exec(entry);
  const bare = (match?.[1] ?? match?.[2] ?? entry).replace(/%[\w.-]+$/, '');
  if (!ipaddr.IPv4.isValidFourPartDecimal(bare) && !ipaddr.IPv6.isValid(bare)) return undefined;
  const address = ipaddr.parse(bare);
  const isMapped = address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress();
  return (isMapped ? address.toIPv4Address() : address).toString();
}

/** @param ip an address from `readAddress`, or undefined */
export function networksOf(ip: string): Networks {
  if (ip === '') return { client: '', network: '' };
  const isIpv4 = ipaddr.IPv4.isValid(ip);
  const range = (bits: number) =>
    (isIpv4 ? ipaddr.IPv4 : ipaddr.IPv6).networkAddressFromCIDR(`${ip}/${bits}`).toString();
  return isIpv4
    ? { client: ip, network: `${range(24)}/24` }
    : { client: `${range(56)}/56`, network: `${range(48)}/48` };
}

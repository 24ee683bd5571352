import { connect, type Socket } from 'node:net';
import { createAllowList } from './addresses.ts';
import { checkedHost, OutboundError, type OutboundOptions, resolveBySystem, unlessAborted } from './outbound.ts';

/** Opens TCP connections to public addresses only, like `createOutbound`. */
export type Connect = (target: {
  host: string;
  port: number;
  localAddress?: string | undefined;
  /** Milliseconds for finding the addresses of the host. */
  lookupTimeout?: number | undefined;
  signal?: AbortSignal | undefined;
}) => Promise<Socket>;

/**
 * For protocols other than HTTP, such as SMTP. The name is resolved once and the connection uses the checked addresses,
 * one after the other until one answers.
 * @throws OutboundError; the signal's reason if the caller aborts
 */
export function createConnect(options: Pick<OutboundOptions, 'allowed' | 'resolve'>): Connect {
  const needs = { allowed: createAllowList(options.allowed), resolve: options.resolve ?? resolveBySystem };
  return async ({ host, port, localAddress, lookupTimeout, signal }) => {
    const lookup = within(lookupTimeout, host, checkedHost(host, needs));
    const addresses = await (signal ? unlessAborted(signal, lookup) : lookup);
    let cause: unknown;
    for (const { address } of addresses) {
      signal?.throwIfAborted();
      try {
        return await open({ host: address, port, localAddress, signal });
      } catch (error) {
        signal?.throwIfAborted();
        cause = error;
      }
    }
    throw new OutboundError('network', `${host} could not be reached`, { cause });
  };
}

/** A lookup cannot be aborted, but waiting for it can. */
async function within<T>(limit: number | undefined, host: string, lookup: Promise<T>): Promise<T> {
  if (limit === undefined) return lookup;
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new OutboundError('time', `${host} was not resolved within ${limit} ms`)),
    limit,
  );
  try {
    return await Promise.race([lookup, promise]);
  } finally {
    clearTimeout(timer);
  }
}

function open({ signal, localAddress, ...target }: Parameters<Connect>[0]): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...target, ...(localAddress === undefined ? {} : { localAddress }) });
    const stop = () => socket.destroy(signal?.reason);
    signal?.addEventListener('abort', stop, { once: true });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      // Until the protocol listens: an error without a listener ends the process.
      socket.on('error', () => undefined);
      signal?.removeEventListener('abort', stop);
      resolve(socket);
    });
  });
}

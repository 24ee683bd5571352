import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Log } from '../kernel/log.ts';
import type { Http, Request } from './types.ts';

/** Limits against clients that hold connections without using them. */
export interface ConnectionLimits {
  /** Milliseconds from the first byte of a request to the end of its headers, also for idle connections. */
  readonly headersTimeout: number;
  /** Milliseconds from the first byte of a request to the end of its body. */
  readonly requestTimeout: number;
  /** Maximum open connections; further ones are closed immediately. */
  readonly maximum: number;
}

export const defaultConnectionLimits: ConnectionLimits = {
  headersTimeout: 15_000,
  requestTimeout: 30_000,
  maximum: 10_000,
};

/** Milliseconds without a byte in either direction, e.g. if a client does not read its response. */
export const idleTimeout = 90_000;
/** Milliseconds to send the response to a malformed request. */
const responseTimeout = 1000;
const reportInterval = 10_000;

const statusOf: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
};

/** Options of `node:http` for these limits. */
export const nodeOptionsOf = ({ headersTimeout, requestTimeout }: ConnectionLimits) => ({
  headersTimeout: Math.min(headersTimeout, requestTimeout),
  // How often Node checks for expired connections.
  connectionsCheckingInterval: Math.min(5000, Math.ceil(headersTimeout / 3)),
});

const longBodies = new WeakSet<Socket>();

/**
 * Extends `requestTimeout` for the body of an authorized request, such as an import of a million lines. The connection
 * is closed after `idleTimeout` without data.
 */
export function allowLongBody({ raw }: Request): void {
  const { socket } = raw;
  longBodies.add(socket);
  raw.once('close', () => longBodies.delete(socket));
}

/**
 * Responds to malformed requests and destroys the connection: a client that keeps its half open would otherwise hold it
 * indefinitely.
 */
export function refuseConnection(error: Error & { code?: string }, socket: Socket, log: Log): void {
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && longBodies.has(socket)) return;
  log.debug({ reason: error.code }, 'A connection did not speak HTTP');
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const status = statusOf[error.code ?? ''] ?? 400;
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  const limit = setTimeout(() => socket.destroy(), responseTimeout).unref();
  socket.once('finish', () => socket.destroy());
  socket.once('close', () => clearTimeout(limit));
}

/** Limits the number of open connections, and logs rejected ones at intervals. */
export function limitConnections(http: Http, maximum: number, log: Log): void {
  http.server.maxConnections = maximum;
  let refused = 0;
  const report = () => {
    log.warn({ refused, maximum }, 'Connections were refused: too many are open (MAX_CONNECTIONS)');
    refused = 0;
  };
  http.server.on('drop', () => {
    refused += 1;
    if (refused === 1) setTimeout(report, reportInterval).unref();
  });
}

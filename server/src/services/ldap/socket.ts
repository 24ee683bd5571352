/** TLS for the connection to a directory: from the start (ldaps), or after StartTLS. */
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { ipVersion } from '../../kernel/addresses.ts';
import type { LdapDeadline } from './deadline.ts';
import { LdapError } from './errors.ts';

export interface TlsOptions {
  host: string;
  /** In place of the authorities that the system trusts; PEM. */
  caCertificate?: string | undefined;
  /** Milliseconds. */
  timeout: number;
  deadline: LdapDeadline | undefined;
}

/** Errors of the connection, which say nothing about certificates. */
const lost: ReadonlySet<string | undefined> = new Set(['ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT']);

/** @throws LdapError `tls`, `time`, `broken` */
export function secure(socket: Socket, { host, caCertificate, timeout, deadline }: TlsOptions): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const encrypted = connectTls({
      socket,
      host,
      minVersion: 'TLSv1.2',
      // An address is not a server name (RFC 6066 section 3). The certificate is checked against it nevertheless.
      ...(ipVersion(host) === 0 ? { servername: host } : {}),
      ...(caCertificate === undefined ? {} : { ca: [caCertificate] }),
    });
    const stop = () => {
      clearTimeout(timer);
      deadline?.removeEventListener('abort', onDeadline);
    };
    const fail = (error: LdapError) => {
      stop();
      // First: the end of the sockets is a failure of its own.
      reject(error);
      socket.destroy();
      encrypted.destroy();
    };
    const timer = setTimeout(
      () => fail(new LdapError('time', `The TLS handshake took longer than ${timeout} ms`)),
      timeout,
    );
    const onDeadline = () => fail(deadline?.reason);
    deadline?.addEventListener('abort', onDeadline);
    encrypted.on('error', (error: NodeJS.ErrnoException) =>
      fail(
        new LdapError(
          lost.has(error.code) ? 'broken' : 'tls',
          `The TLS handshake failed: ${error.code ?? error.message.slice(0, 200)}`,
          { cause: error },
        ),
      ),
    );
    encrypted.once('close', () => fail(new LdapError('broken', 'The directory ended the TLS handshake')));
    encrypted.once('secureConnect', () => {
      stop();
      encrypted.removeAllListeners('close');
      resolve(encrypted);
    });
    if (deadline?.aborted) onDeadline();
  });
}

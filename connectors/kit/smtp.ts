/* Sends one email over SMTP: one connection for each message, which the connector's world opens. */
import { isIP, type Socket } from 'node:net';
import type { SMTPTransportOptions } from 'nodemailer';
import type { World } from './connector.ts';
import { ConnectorError } from './errors.ts';
import type { Mail, Mailbox } from './message-templates.ts';
import { redact, withTimeLimit } from './request.ts';
import type { SmtpCredentials } from './smtp-authentication.ts';

/** Milliseconds for one message, whatever the single limits are. */
const timeLimit = 20_000;

export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte; otherwise STARTTLS where the server offers it. */
  readonly secure: boolean;
  /** Refuses to send without STARTTLS. */
  readonly requireTLS?: boolean | undefined;
  /** Never uses STARTTLS. */
  readonly ignoreTLS?: boolean | undefined;
  readonly tls?: SMTPTransportOptions['tls'];
  /** What the client calls itself in EHLO. */
  readonly name?: string | undefined;
  readonly localAddress?: string | undefined;
  /** Milliseconds. */
  readonly dnsTimeout: number;
  readonly connectionTimeout: number;
  readonly greetingTimeout: number;
  readonly socketTimeout: number;
}

export interface SmtpMessage {
  readonly mail: Mail;
  readonly from: Mailbox;
  readonly replyTo?: Mailbox | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

interface Delivery {
  readonly server: SmtpServer;
  readonly credentials: SmtpCredentials | undefined;
  readonly message: SmtpMessage;
  /** What errors must not hold. */
  readonly secrets: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

const refusedCredentials = new Set(['EAUTH', 'ENOAUTH', 'EOAUTH2']);

/** The mail server's own line, if the error has one, is the only part of it that is repeated. */
const errorFor = (error: unknown, secrets: readonly string[]): ConnectorError => {
  if (error instanceof ConnectorError) return error;
  const { code, response, message = '' } = error as { code?: string; response?: string; message?: string };
  if (code === 'ETIMEDOUT') return new ConnectorError('timeout', { message: 'The mail server did not answer in time' });
  const said = response ?? /response=([\s\S]*)$/.exec(message)?.[1];
  const reason = redact(said ?? '', secrets).slice(0, 300);
  if (code !== undefined && refusedCredentials.has(code))
    return new ConnectorError('invalid_config', {
      problems: [{ path: 'auth', message: `The mail server refuses these credentials. ${reason}`.trim() }],
    });
  if (code === 'ETLS')
    return new ConnectorError('general', {
      errorDescription: 'The mail server does not offer the encryption required',
    });
  const answered =
    reason === '' ? 'The mail server could not be reached or spoke no SMTP' : `The mail server answered: ${reason}`;
  return new ConnectorError('general', { errorDescription: answered });
};

const open = async (
  { server, signal }: Delivery,
  world: World,
  opened: (socket: Socket) => void,
): Promise<{ connection: Socket }> => {
  if (!world.connect) throw new ConnectorError('not_implemented');
  const { host, port, localAddress } = server;
  const limit = { message: 'The mail server could not be reached in time' };
  const connect = world.connect;
  const connection = await withTimeLimit(server.connectionTimeout, signal, (stop) =>
    connect({ host, port, localAddress, lookupTimeout: server.dnsTimeout, signal: stop }),
  ).catch((error: unknown) => {
    throw error instanceof ConnectorError && error.code === 'timeout' ? new ConnectorError('timeout', limit) : error;
  });
  opened(connection);
  return { connection };
};

const optionsOf = ({ server, credentials }: Delivery): SMTPTransportOptions => ({
  host: server.host,
  port: server.port,
  secure: server.secure,
  requireTLS: server.requireTLS,
  ignoreTLS: server.ignoreTLS,
  tls: { ...(isIP(server.host) ? {} : { servername: server.host }), ...server.tls },
  name: server.name,
  greetingTimeout: server.greetingTimeout,
  socketTimeout: server.socketTimeout,
  disableFileAccess: true,
  disableUrlAccess: true,
  ...(credentials ? { auth: credentials as SMTPTransportOptions['auth'] } : {}),
});

/** Names are encoded by the library; addresses have been parsed. */
const asAddress = ({ address, name = '' }: Mailbox) => ({ address, name });

/**
 * Sends one email and closes the connection.
 * @throws ConnectorError `invalid_config` when the server refuses the credentials, `timeout`, `general`
 */
export const sendBySmtp = async (world: World, delivery: Delivery): Promise<{ messageId: string }> => {
  const { message, secrets, signal } = delivery;
  const { createTransport } = await import('nodemailer');
  let socket: Socket | undefined;
  try {
    return await withTimeLimit(world.timeLimit ?? timeLimit, signal, async (stop) => {
      const transport = createTransport({
        ...optionsOf(delivery),
        getSocket: (_options, done) => {
          open({ ...delivery, signal: stop }, world, (opened) => {
            socket = opened;
          }).then((found) => done(null, found), done);
        },
      });
      const { mail, from, replyTo, headers } = message;
      const { messageId } = await transport.sendMail({
        from: asAddress(from),
        to: { address: mail.to, name: '' },
        ...(replyTo ? { replyTo: asAddress(replyTo) } : {}),
        subject: mail.subject,
        [mail.isHtml ? 'html' : 'text']: mail.content,
        ...(headers ? { headers } : {}),
      });
      return { messageId };
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw errorFor(error, secrets);
  } finally {
    socket?.destroy();
  }
};

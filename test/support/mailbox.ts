import { mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** A mail server that stores the messages it receives, for one test. */
export interface Mailbox {
  /** Configuration of the SMTP connector for it; messages are the text of the code or the link. */
  config: Record<string, unknown>;
  /** Lets the connector of a server reach it. */
  environment: Record<string, string>;
  /** All envelopes and messages. */
  received: () => string;
  /** The code of the next message to an address that has one and was not taken yet; waits for it. */
  codeTo: (recipient: string) => Promise<string>;
  /** Waits for a message to an address that has the words in it. */
  arrived: (recipient: string, words: RegExp) => Promise<void>;
  close: () => Promise<void>;
}

/** @param options replace those of a server without encryption that accepts every password */
export async function openMailbox(options: SMTPServerOptions = {}): Promise<Mailbox> {
  let text = '';
  let arrived = Promise.withResolvers<void>();
  const messages: { to: string; text: string }[] = [];
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    authOptional: true,
    allowInsecureAuth: true,
    disableReverseLookup: true,
    closeTimeout: 1,
    onAuth: ({ username }, _session, done) => done(null, { user: username }),
    async onData(stream, { envelope }, done) {
      let message = '';
      for await (const chunk of stream) message += chunk;
      const recipients = envelope.rcptTo.map(({ address }) => address);
      text += `${recipients.map((address) => `RCPT TO:<${address}>\n`).join('')}${message}\n`;
      for (const to of recipients) messages.push({ to, text: message });
      arrived.resolve();
      arrived = Promise.withResolvers();
      done();
    },
    ...options,
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  const template = { contentType: 'text/plain', subject: 'Hello', content: 'Code {{code}}' };
  return {
    config: {
      host: '127.0.0.1',
      port,
      auth: { type: 'login', user: 'mailer', pass: 'of the mailbox' },
      fromEmail: 'noreply@example.com',
      templates: ['SignIn', 'Register', 'ForgotPassword', 'Generic'].map((usageType) => ({ usageType, ...template })),
    },
    environment: { OUTBOUND_ALLOWED_HOSTS: '127.0.0.1' },
    received: () => text,
    async codeTo(recipient) {
      for (;;) {
        // Notices of a changed account may come in between.
        const at = messages.findIndex(({ to, text }) => to === recipient && codeIn(text) !== undefined);
        const [message] = at < 0 ? [] : messages.splice(at, 1);
        const code = message && codeIn(message.text);
        if (code !== undefined) return code;
        await arrived.promise;
      }
    },
    async arrived(recipient, words) {
      while (!messages.some((message) => message.to === recipient && words.test(decoded(message.text))))
        await arrived.promise;
    },
    close: () => new Promise<void>((resolve) => server.close(resolve)),
  };
}

const codeIn = (text: string): string | undefined => /[Cc]ode (?:is )?(\d+)/.exec(text)?.[1];

/** The text of a message in quoted-printable (RFC 2045 section 6.7) or as it is. */
const decoded = (text: string): string =>
  Buffer.from(
    text
      .replaceAll(/=\r?\n/g, '')
      .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString('utf8');

/** A connectors folder that holds published packages. */
export async function connectorsFolder(...names: string[]): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'aldaba-connectors-'));
  const require = createRequire(import.meta.url);
  for (const name of names) {
    const entry = await realpath(require.resolve(name));
    await symlink(entry.slice(0, entry.lastIndexOf(`${sep}lib${sep}`)), join(path, name.replace(/^.*\//, '')));
  }
  return { path, remove: () => rm(path, { recursive: true }) };
}

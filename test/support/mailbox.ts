import assert from 'node:assert/strict';
import { mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';

/** A mail server that stores the messages it receives, for one test. */
export interface Mailbox {
  /** Configuration of the published SMTP connector for it; messages are the text of the code or the link. */
  config: Record<string, unknown>;
  /** Everything it was sent, SMTP and messages. */
  received: () => string;
  /** The code of the next message to an address that was not taken yet; waits for it. */
  codeTo: (recipient: string) => Promise<string>;
  close: () => Promise<void>;
}

const greeting = (line: string): string => {
  if (line.startsWith('EHLO')) return '250-mailbox\r\n250 AUTH PLAIN';
  if (line.startsWith('AUTH')) return '235 welcome';
  return line === 'DATA' ? '354 go on' : '250 ok';
};

export async function openMailbox(): Promise<Mailbox> {
  let text = '';
  let arrived = Promise.withResolvers<void>();
  const messages: { to: string; text: string }[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    let isMessage = false;
    let message = { to: '', text: '' };
    sockets.add(socket);
    socket.on('error', () => sockets.delete(socket));
    socket.write('220 mailbox\r\n');
    socket.on('data', (chunk) => {
      text += chunk;
      for (const line of String(chunk).split('\r\n').filter(Boolean)) {
        if (isMessage && line !== '.') {
          message.text += `${line}\n`;
          continue;
        }
        if (isMessage) {
          messages.push(message);
          arrived.resolve();
          arrived = Promise.withResolvers();
        }
        const [, to] = /^RCPT TO:<(.*)>/.exec(line) ?? [];
        if (to !== undefined) message = { to, text: '' };
        isMessage = line === 'DATA';
        socket.write(`${greeting(line)}\r\n`);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  const template = { contentType: 'text/plain', subject: 'Hello', content: 'Code {{code}}' };
  return {
    config: {
      host: '127.0.0.1',
      port: address.port,
      auth: { type: 'login', user: 'mailer', pass: 'of the mailbox' },
      fromEmail: 'noreply@example.com',
      templates: ['SignIn', 'Register', 'ForgotPassword', 'Generic'].map((usageType) => ({ usageType, ...template })),
    },
    received: () => text,
    async codeTo(recipient) {
      for (;;) {
        const at = messages.findIndex(({ to }) => to === recipient);
        const [message] = at < 0 ? [] : messages.splice(at, 1);
        if (message) return /[Cc]ode (?:is )?(\d+)/.exec(message.text)?.[1] ?? assert.fail(message.text);
        await arrived.promise;
      }
    },
    close: () =>
      new Promise<void>((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

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

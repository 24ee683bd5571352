import assert from 'node:assert/strict';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { createConnect } from '../../kernel/outbound-socket.ts';
import { openLdap } from './connection.ts';
import { LdapError } from './errors.ts';

describe('The deadline of everything that is asked of a directory', () => {
  for (const security of ['tls', 'starttls'] as const)
    it(`ends the way to an encrypted connection (${security})`, async (t) => {
      const controller = new AbortController();
      const late = new LdapError('time', 'The time is over');
      let taken: Socket | undefined;
      const server = createServer((socket) => {
        taken = socket.on('error', () => undefined);
        // The request for TLS, or the first message of the handshake.
        socket.once('data', () => controller.abort(late));
      }).listen(0, '127.0.0.1');
      t.after(() => {
        taken?.destroy();
        server.close();
      });
      await new Promise((resolve) => server.once('listening', resolve));
      const { port } = server.address() as AddressInfo;
      const limits = { connect: 5000, answer: 5000, bytes: 1000, pages: 1, deadline: controller.signal };
      const connect = createConnect({ allowed: ['127.0.0.1'] });
      await assert.rejects(openLdap(connect, { host: '127.0.0.1', port, security }, limits), late);
      if (!taken?.closed) await new Promise((resolve) => taken?.once('close', resolve));
    });
});

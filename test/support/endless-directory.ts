import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';

/**
 * A directory that answers every request correctly and never ends: it has one person, and each answer with the groups
 * of the person says that more follow ([MS-ADTS] section 3.1.1.3.1.3.3), and so does each page (RFC 2696).
 */
export interface EndlessDirectory {
  url: string;
  /** Called before each answer with the number of requests so far. */
  onRequest: (count: number) => void;
  /** Settles when a client's connection has ended. */
  left: Promise<void>;
  close: () => Promise<void>;
}

export async function startEndlessDirectory(): Promise<EndlessDirectory> {
  const left = Promise.withResolvers<void>();
  const sockets = new Set<Socket>();
  let count = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket
      .on('error', () => undefined)
      .on('close', () => {
        sockets.delete(socket);
        left.resolve();
      });
    // A client sends one request at a time, and each is small: it arrives in one piece.
    socket.on('data', (request) => {
      count += 1;
      // Longer than a test needs: a client without a limit fails, and does not hang.
      if (count > 200) socket.destroy();
      directory.onRequest(count);
      if (socket.writable) socket.write(Buffer.concat(answersTo(request)));
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const directory: EndlessDirectory = {
    url: `ldap://127.0.0.1:${(server.address() as AddressInfo).port}`,
    onRequest: () => undefined,
    left: left.promise,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return directory;
}

/** Tags of RFC 4511: requests and responses, and the universal ones of BER. */
const tags = { bind: 0x60, bound: 0x61, search: 0x63, entry: 0x64, done: 0x65, sequence: 0x30, set: 0x31 };

const pagedResults = '1.2.840.113556.1.4.319';

function answersTo(request: Buffer): Buffer[] {
  // SEQUENCE, messageID INTEGER, operation. The length of the identifier is short.
  const start = 2 + lengthOfLength(request, 1);
  const idEnd = start + 2 + (request[start + 1] ?? 0);
  const id = request.subarray(start, idEnd);
  const operation = request[idEnd];
  const message = (tag: number, content: Buffer[], ...controls: Buffer[]) =>
    tlv(tags.sequence, id, tlv(tag, ...content), ...controls);
  const success = [tlv(0x0a, Buffer.from([0])), text(''), text('')];
  if (operation === tags.bind) return [message(tags.bound, success)];
  if (operation !== tags.search) return [];
  const [, next = '0'] = /memberof;range=(\d+)-\*/i.exec(request.toString('latin1')) ?? [];
  const attributes = [
    ...[attribute('entryUUID', 'the identifier'), attribute('mail', 'ada@acme.example')],
    attribute(`memberOf;range=${next}-${next}`, `cn=group ${next},dc=acme`),
  ];
  const entry = message(tags.entry, [text('uid=ada,dc=acme'), tlv(tags.sequence, ...attributes)]);
  if (!request.includes(pagedResults)) return [entry, message(tags.done, success)];
  const position = tlv(tags.sequence, tlv(0x02, Buffer.from([0])), text('a cookie'));
  const control = tlv(tags.sequence, text(pagedResults), tlv(0x04, position));
  return [message(tags.done, success, tlv(0xa0, control))];
}

const lengthOfLength = (bytes: Buffer, at: number): number => ((bytes[at] ?? 0) < 0x80 ? 0 : (bytes[at] ?? 0) & 0x7f);

function tlv(tag: number, ...content: Buffer[]): Buffer {
  const value = Buffer.concat(content);
  const length = value.length < 0x80 ? [value.length] : [0x82, value.length >> 8, value.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), value]);
}

const text = (value: string): Buffer => tlv(0x04, Buffer.from(value));
const attribute = (name: string, value: string): Buffer => tlv(tags.sequence, text(name), tlv(tags.set, text(value)));

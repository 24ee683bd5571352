import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls, TLSSocket } from 'node:tls';
import { BerReader, PresenceFilter, ProtocolOperation, SearchRequest } from 'ldapts';

/** The way to a domain controller that makes it send at most `limit` values of an attribute at a time. */
export interface ValueLimit {
  port: number;
  /** The ranges that were asked for, beyond the first ones. */
  asked: () => readonly string[];
  close: () => Promise<void>;
}

/**
 * Windows has such a limit (1,500 values), Samba has none but knows ranges: requests for an attribute are changed to
 * requests for a range of it, so that the controller itself makes the answers.
 *
 * @param folder has the certificate of the controller, for its own address
 */
export async function limitValues(
  controller: { address: string; folder: string },
  attribute: string,
  limit: number,
): Promise<ValueLimit> {
  const secureContext = {
    cert: readFileSync(join(controller.folder, 'server.pem')),
    key: readFileSync(join(controller.folder, 'server.key')),
  };
  const asked: string[] = [];
  const sockets = new Set<{ destroy: () => unknown }>();
  const limited = (name: string): string => {
    const [, first] = new RegExp(`^${attribute};range=(\\d+)-\\*$`, 'i').exec(name) ?? [];
    if (first !== undefined) asked.push(name);
    else if (name.toLowerCase() !== attribute.toLowerCase()) return name;
    return `${attribute};range=${Number(first ?? 0)}-${Number(first ?? 0) + limit - 1}`;
  };
  const server = createServer((plain) => {
    const near = new TLSSocket(plain, { isServer: true, ...secureContext });
    const far = connectTls({ host: controller.address, port: 636, rejectUnauthorized: false });
    for (const socket of [near, far]) sockets.add(socket.on('error', () => socket.destroy()));
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
    let rest = Buffer.alloc(0);
    near.on('data', (data: Buffer) => {
      rest = Buffer.concat([rest, data]);
      for (let length = lengthOf(rest); length > 0 && length <= rest.length; length = lengthOf(rest)) {
        far.write(changed(rest.subarray(0, length), limited));
        rest = rest.subarray(length);
      }
    });
    far.pipe(near);
  }).listen(0, controller.address);
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    asked: () => asked,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Bytes of the first message; 0 if they are not known yet. */
function lengthOf(data: Buffer): number {
  const reader = new BerReader(data);
  return data.length > 0 && reader.readSequence() !== null ? reader.offset + reader.length : 0;
}

function changed(message: Buffer, limited: (attribute: string) => string): Buffer {
  const reader = new BerReader(message);
  reader.readSequence();
  const messageId = reader.readInt() ?? 0;
  if (reader.readSequence() !== ProtocolOperation.LDAP_REQ_SEARCH) return message;
  const request = new SearchRequest({ messageId, filter: undefined as never });
  request.parse(reader, []);
  // Two things that ldapts 9.2.0 reads wrongly.
  request.derefAliases = 'never';
  if (request.filter instanceof PresenceFilter) request.filter = new PresenceFilter({ attribute: 'objectClass' });
  request.attributes = request.attributes.map(limited);
  return request.write();
}

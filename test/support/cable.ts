import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** The way to a server on loopback, which a test can cut. */
export interface Cable {
  port: number;
  /** `pass`: as if it was not there. `hang`: takes connections and carries nothing. `cut`: ends all connections. */
  set: (state: 'pass' | 'hang' | 'cut') => void;
  /** Cuts the connections when the server has sent so many bytes on one of them; undefined: never. */
  cutAfter: (bytes: number | undefined) => void;
  /** Carries no more of what the server sends on a connection than so many bytes; `resume` carries the rest. */
  holdAfter: (bytes: number) => { held: Promise<void>; resume: () => void };
  /** Connections that were begun. */
  begun: () => number;
  close: () => Promise<void>;
}

export async function startCable(port: number): Promise<Cable> {
  let state: 'pass' | 'hang' | 'cut' = 'pass';
  let limit: number | undefined;
  let begun = 0;
  let hold: { bytes: number; held: () => void; resumed: Promise<void> } | undefined;
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
    return socket;
  };
  const server = createServer((near) => {
    begun += 1;
    keep(near);
    if (state === 'cut') return near.destroy();
    if (state === 'hang') return undefined;
    const far = keep(connect(port, '127.0.0.1'));
    let carried = 0;
    near.pipe(far);
    const send = (data: Buffer) => {
      carried += data.length;
      if (limit !== undefined && carried > limit) near.destroy();
      else near.write(data);
    };
    const carry = (data: Buffer) => {
      const held = hold;
      const room = held ? Math.max(0, held.bytes - carried) : data.length;
      send(data.subarray(0, room));
      if (!held || data.length <= room) return;
      far.pause();
      held.held();
      void held.resumed.then(() => {
        far.resume();
        carry(data.subarray(room));
      });
    };
    far.on('data', carry);
    far.on('close', () => near.destroy());
    near.on('close', () => far.destroy());
    return undefined;
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    set(next) {
      state = next;
      if (next === 'cut') for (const socket of sockets) socket.destroy();
    },
    cutAfter(bytes) {
      limit = bytes;
    },
    holdAfter(bytes) {
      const held = Promise.withResolvers<void>();
      const resumed = Promise.withResolvers<void>();
      const own = { bytes, held: held.resolve, resumed: resumed.promise };
      hold = own;
      const resume = () => {
        if (hold === own) hold = undefined;
        resumed.resolve();
      };
      return { held: held.promise, resume };
    },
    begun: () => begun,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

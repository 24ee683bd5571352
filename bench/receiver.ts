/** Receives webhooks on 127.0.0.1 and resolves the promises that wait for one. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Receiver {
  readonly url: string;
  /** Resolves when a webhook arrived whose body holds `mark`; call it before that may happen. */
  arrival: (mark: string) => Promise<void>;
  close: () => void;
}

export async function startReceiver(): Promise<Receiver> {
  const waiting = new Map<string, () => void>();
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    response.end();
    const mark = /mark-[0-9a-f-]+/.exec(body)?.[0];
    if (mark === undefined) return;
    waiting.get(mark)?.();
    waiting.delete(mark);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    arrival: (mark) => new Promise((resolve) => waiting.set(mark, resolve)),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

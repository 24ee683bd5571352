/** Receives what the server posts to 127.0.0.1 and resolves the promises that wait for it. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Receiver<Value = undefined> {
  readonly url: string;
  /** Resolves when a request with this key arrives; call it before that may happen. */
  arrival: (key: string) => Promise<Value>;
  close: () => void;
}

interface Arrival<Value> {
  key: string;
  value: Value;
}

/** @param read what a body says; requests without it are ignored */
export async function startReceiver<Value>(
  read: (body: string) => Arrival<Value> | undefined,
): Promise<Receiver<Value>> {
  const waiting = new Map<string, (value: Value) => void>();
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    response.end();
    const arrived = read(body);
    if (!arrived) return;
    waiting.get(arrived.key)?.(arrived.value);
    waiting.delete(arrived.key);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    arrival: (key) => new Promise((resolve) => waiting.set(key, resolve)),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** The mark in a webhook's body. */
export function readMark(body: string): Arrival<undefined> | undefined {
  const mark = /mark-[0-9a-f-]+/.exec(body)?.[0];
  return mark === undefined ? undefined : { key: mark, value: undefined };
}

/** Recipient and code of an email of the HTTP connector. */
export function readEmail(body: string): Arrival<string> {
  const { to, payload } = JSON.parse(body) as { to: string; payload: { code: string } };
  return { key: to, value: payload.code };
}

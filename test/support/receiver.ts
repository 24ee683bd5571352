import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it arrived at the receiver. */
export interface Received {
  method: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A server that webhooks are sent to. */
export interface Receiver {
  url: string;
  requests: Received[];
  /** Status of the coming answers, 200 at first, and where a redirect leads. */
  answerWith: (status: number, location?: string, body?: string) => void;
  /** Leaves requests unanswered until an answer is set. */
  hang: () => void;
  /** The next request that was not taken yet and fits; waits for it. */
  next: (fits?: (request: Received) => boolean) => Promise<Received>;
  close: () => Promise<void>;
}

/** @param port a fixed port, for a receiver that comes back */
export async function startReceiver(port = 0): Promise<Receiver> {
  const requests: Received[] = [];
  const taken = new Set<Received>();
  let status = 200;
  let target: string | undefined;
  let text: string | undefined;
  let hangs = false;
  let arrived = Promise.withResolvers<void>();
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    requests.push({ method: request.method ?? '', headers: request.headers, body });
    arrived.resolve();
    arrived = Promise.withResolvers();
    if (hangs) return;
    response
      .writeHead(status, { 'content-type': 'text/plain', ...(target ? { location: target } : {}) })
      .end(text ?? (status < 400 ? 'thanks' : 'no'));
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    requests,
    answerWith(next, location, body) {
      text = body;
      status = next;
      hangs = false;
      target = location;
    },
    hang() {
      hangs = true;
    },
    async next(fits = () => true) {
      for (;;) {
        const found = requests.find((request) => !taken.has(request) && fits(request));
        if (found) {
          taken.add(found);
          return found;
        }
        await arrived.promise;
      }
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The load generator: keep-alive connections to 127.0.0.1, a bounded number of operations, then it stops. */
import { Agent, type IncomingHttpHeaders, request } from 'node:http';

export const connections = 16;

export interface Exchange {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: string;
}

export interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** A client of one server, with a bounded number of connections. */
export interface Client {
  readonly origin: string;
  /** @throws Error when the answer has another status than `expected`, with the answer's text. */
  send: (exchange: Exchange, expected: number) => Promise<Reply>;
  close: () => void;
}

export function createClient(port: number, { host = '127.0.0.1', maxSockets = connections } = {}): Client {
  const agent = new Agent({ keepAlive: true, maxSockets, scheduling: 'fifo' });
  return {
    origin: `http://${host}:${port}`,
    async send(exchange, expected) {
      const reply = await exchangeOnce(agent, { host, port }, exchange);
      if (reply.status !== expected) {
        throw new Error(
          `${exchange.method} ${exchange.path} answered ${reply.status} instead of ${expected}: ${reply.body.toString().slice(0, 500)}`,
        );
      }
      return reply;
    },
    close: () => agent.destroy(),
  };
}

function exchangeOnce(
  agent: Agent,
  address: { host: string; port: number },
  { method, path, headers = {}, body }: Exchange,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const outgoing = request({ agent, ...address, method, path, headers: { ...headers, ...length } }, (incoming) => {
      const parts: Buffer[] = [];
      incoming.on('data', (part: Buffer) => parts.push(part));
      incoming.once('error', reject);
      incoming.once('end', () =>
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          body: parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts),
        }),
      );
    });
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

/** One operation: `worker` is the number of the connection that carries it, `count` that of the operation. */
export type Operation = (worker: number, count: number) => Promise<void>;

export interface Load {
  /** Milliseconds each operation took. */
  latencies: number[];
  seconds: number;
}

/** Runs `operations`, `parallel` of them at a time. The first failure ends the run. */
export async function runLoad(operation: Operation, operations: number, parallel = connections): Promise<Load> {
  const latencies: number[] = [];
  let next = 0;
  const start = performance.now();
  const work = async (worker: number) => {
    while (next < operations) {
      const count = next++;
      const begin = performance.now();
      await operation(worker, count);
      latencies.push(performance.now() - begin);
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, operations) }, (_, worker) => work(worker)));
  return { latencies, seconds: (performance.now() - start) / 1000 };
}

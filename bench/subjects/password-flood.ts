/** Callers that send passwords without a pause, and do not heed `Retry-After`. */
import { Agent, request } from 'node:http';
import { answer } from '../channel.ts';
import type { Exchange } from '../load.ts';

const counts = { checked: 0, refused: 0 };
let stopped = false;

function start({ port, check, callers }: { port: number; check: Exchange; callers: number }): number {
  const agent = new Agent({ keepAlive: true, maxSockets: callers });
  const { method, path, headers = {}, body = '' } = check;
  const send = () => {
    if (stopped) return;
    const outgoing = request(
      { agent, host: '127.0.0.1', port, method, path, headers: { ...headers, 'content-length': String(body.length) } },
      (incoming) => {
        if (incoming.statusCode === 503) counts.refused += 1;
        else counts.checked += 1;
        incoming.resume().once('end', send);
      },
    );
    outgoing.once('error', () => undefined).end(body);
  };
  for (let caller = 0; caller < callers; caller += 1) send();
  return port;
}

answer(
  {
    start,
    async finish() {
      stopped = true;
      return counts;
    },
  },
  () => 0,
);

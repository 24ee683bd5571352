/**
 * Records one operation on the measured server and plays the same requests to the limit, which answers the same bytes.
 */
import type { Subject } from './channel.ts';
import type { Target } from './flows.ts';
import type { Client, Exchange, Operation, Reply } from './load.ts';
import type { Row } from './rows.ts';
import type { Plan } from './subjects/limit.ts';

const perConnection = new Set(['connection', 'keep-alive', 'date', 'content-length', 'transfer-encoding']);

/** What is recorded: one operation, and the least work of each of its requests. */
interface Learnable<Measured extends Target> extends Pick<Row, 'id' | 'least'> {
  operation: (target: Measured) => Operation;
}

/** The operation of `row` for the limit, after one recorded run against `target`. */
export async function learnOperation<Measured extends Target>(
  row: Learnable<Measured>,
  target: Measured,
  limit: { subject: Subject; client: Client },
): Promise<Operation> {
  const recorded: { exchange: Exchange; reply: Reply }[] = [];
  const recorder: Target['client'] = {
    origin: target.client.origin,
    async send(exchange, expected) {
      const reply = await target.client.send(exchange, expected);
      recorded.push({ exchange, reply });
      return reply;
    },
  };
  await row.operation({ ...target, client: recorder })(0, 0);

  const steps: { exchange: Exchange; status: number }[] = [];
  for (const [index, { exchange, reply }] of recorded.entries()) {
    const path = `/${row.id}/${index}`;
    const headers = Object.entries(reply.headers).filter(
      ([name, value]) => value !== undefined && !perConnection.has(name),
    );
    const plan: Plan = {
      status: reply.status,
      headers: Object.fromEntries(headers) as Plan['headers'],
      body: reply.body.toString(),
      ...row.least(exchange),
    };
    await limit.subject.ask('plan', { method: exchange.method, path, plan });
    steps.push({ exchange: { ...exchange, path }, status: reply.status });
  }
  return async () => {
    for (const { exchange, status } of steps) await limit.client.send(exchange, status);
  };
}

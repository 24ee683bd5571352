import type { Database, Transaction } from '../../server/src/store/index.ts';

/**
 * Sends requests of which none may change or lock a row of a table before all of them have got there: what happens by
 * chance when many come at once happens every time. Each one is sent when those before it wait, so that they go on in
 * their order. A request that is answered without the rows is not waited for.
 *
 * @param requests at most four: each one takes a connection of the server while it waits
 */
export async function race<T>(
  database: Database,
  table: string,
  requests: readonly (() => Promise<T>)[],
): Promise<Awaited<T>[]> {
  let answered = 0;
  const send = async (request: () => Promise<T>) => {
    try {
      return await request();
    } finally {
      answered += 1;
    }
  };
  // Wrapped in an object: the transaction would otherwise wait for the callers that wait for it.
  const { answers } = await database.system.transaction(async (tx) => {
    await tx.raw(`select from ${table} for update`);
    const sent: Promise<T>[] = [];
    for (const request of requests) {
      const answer = send(request);
      // Reported by the caller, who waits for all of them.
      answer.catch(() => {});
      sent.push(answer);
      while (answered + (await countWaiting(tx)) < sent.length);
    }
    return { answers: Promise.all(sent) };
  });
  return answers;
}

/** Connections that wait for a lock. */
export async function countWaiting(tx: Transaction): Promise<number> {
  const [row] = await tx.raw<{ count: number }>(
    `select count(distinct l.pid)::integer as count from pg_stat_clear_snapshot(), pg_locks l
       join pg_stat_activity a on a.pid = l.pid where not l.granted and a.datname = current_database()`,
  );
  return row?.count ?? 0;
}

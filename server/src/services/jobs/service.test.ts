import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { z } from 'zod';
import { startServer, type TestServer } from '../../../../test/support/server.ts';
import { createJobs, type JobQueue } from './index.ts';

const ignore = () => undefined;
const letters: JobQueue<{ to: string }> = { name: 'letters', payload: z.object({ to: z.string() }) };

describe('Jobs', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server.close());

  it('does not run jobs whose stored payload does not fit their queue, and keeps them for a version that can read them', async () => {
    const { database } = server.app;
    const q = database.tenant('default');
    const now = Date.now();
    await q.raw(
      `insert into jobs (tenant_id, queue, lane, payload, attempts, run_at, created_at)
       values ('default', 'letters', 'a', '{"from":"ana"}', 0, $1, $1), ('default', 'letters', 'b', '{"to":"ana"}', 0, $1, $1)`,
      [new Date(now - 1000)],
    );
    const failed = Promise.withResolvers<object>();
    const ran = Promise.withResolvers<string>();
    const log = { debug: ignore, info: ignore, warn: ignore, error: (fields: object) => failed.resolve(fields) };
    const jobs = createJobs({ database, clock: { now: Date.now }, log });
    const read: string[] = [];
    jobs.work(letters, {
      concurrency: 2,
      run: async ({ payload }) => {
        read.push(payload.to);
        ran.resolve(payload.to);
        return undefined;
      },
    });
    assert.equal(await ran.promise, 'ana');
    assert.ok('queue' in (await failed.promise));
    await jobs.close();
    assert.deepEqual(read, ['ana']);
    assert.deepEqual(await q.raw(`select payload from jobs where queue = 'letters'`), [{ payload: { from: 'ana' } }]);
  });
});

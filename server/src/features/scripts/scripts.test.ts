import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createScripts, type Scripts } from './service.ts';

describe('scripts of operators', () => {
  let scripts: Scripts;
  before(() => {
    // Nobody ends a thread from outside here: the limits of the isolate itself have to hold.
    scripts = createScripts({ size: 2, wallLimit: 200_000 });
  });
  after(() => scripts.close());

  const run = (body: string, input: object = {}) =>
    scripts.run('acme', { script: `const main = (input) => {${body}};`, entry: 'main', input: JSON.stringify(input) });
  const size = (megabytes: number) => `return { size: new Uint8Array(${megabytes} * 1024 * 1024).length };`;

  it('end by themselves when they have used their processor time', async () => {
    // Would end some time, but not soon.
    const long = await run('for (let i = 0; i < 1e8; i += 1); return {};');
    assert.deepEqual(long, { kind: 'failed', reason: 'time' });
    assert.deepEqual(await run('return { after: input.name };', { name: 'it' }), {
      kind: 'returned',
      value: { after: 'it' },
    });
  });

  it('have forty megabytes with the interpreter and no more, in one piece or in many', async () => {
    assert.equal((await run(size(16))).kind, 'returned');
    assert.equal((await run(size(40))).kind, 'failed');
    const grown = await run(
      `const all = []; for (let i = 0; i < 40; i += 1) all.push(new Uint8Array(1024 * 1024)); return {};`,
    );
    assert.equal(grown.kind, 'failed');
    assert.equal((await run(size(16))).kind, 'returned');
  });

  it('wait for those of others no longer than for one, however many somebody else asks for', async () => {
    const single = createScripts({ size: 1, wallLimit: 200_000, maximumQueue: 3 });
    const order: string[] = [];
    const ask = async (owner: string) => {
      const { kind } = await single.run(owner, { script: 'const main = () => ({});', entry: 'main', input: '{}' });
      order.push(`${owner} ${kind}`);
    };
    await Promise.all([...Array.from({ length: 4 }, () => ask('noisy')), ask('quiet')]);
    assert.deepEqual(order, ['noisy failed', 'noisy returned', 'quiet returned', 'noisy returned', 'noisy returned']);
    await single.close();
  });

  it('return so much and no more', async () => {
    assert.equal((await run(`return { text: 'x'.repeat(32_000) };`)).kind, 'returned');
    assert.equal((await run(`return { text: 'x'.repeat(33_000) };`)).kind, 'failed');
  });
});

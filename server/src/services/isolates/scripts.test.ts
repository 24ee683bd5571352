import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { AldabaError } from '../../kernel/errors.ts';
import { createScripts, type Scripts } from './service.ts';

const codeOf = (error: unknown) => (error instanceof AldabaError ? error.code : String(error));

describe('Scripts of operators', () => {
  let scripts: Scripts;
  before(() => {
    // No thread is terminated from outside here: the isolate's own limits must apply.
    scripts = createScripts({ size: 2, wallLimit: 200_000 });
  });
  after(() => scripts.close());

  const run = (body: string, input: object = {}) =>
    scripts.run('acme', { script: `const main = (input) => {${body}};`, entry: 'main', input: JSON.stringify(input) });
  const size = (megabytes: number) => `return { size: new Uint8Array(${megabytes} * 1024 * 1024).length };`;

  // security: script-isolation
  it('stops scripts that have used their processor time', async () => {
    // Would end eventually, but not soon.
    const long = await run('for (let i = 0; i < 1e8; i += 1); return {};');
    assert.deepEqual(long, { kind: 'failed', reason: 'time' });
    assert.deepEqual(await run('return { after: input.name };', { name: 'it' }), {
      kind: 'returned',
      value: { after: 'it' },
    });
  });

  // security: script-isolation
  it('limits scripts to 40 MB with the interpreter, in one piece or in many', async () => {
    assert.equal((await run(size(16))).kind, 'returned');
    assert.equal((await run(size(40))).kind, 'failed');
    const grown = await run(
      `const all = []; for (let i = 0; i < 40; i += 1) all.push(new Uint8Array(1024 * 1024)); return {};`,
    );
    assert.equal(grown.kind, 'failed');
    assert.equal((await run(size(16))).kind, 'returned');
  });

  it('makes a script wait for at most one of another owner, however many that owner runs', async () => {
    const single = createScripts({ size: 1, wallLimit: 200_000, maximumQueue: 3 });
    const order: string[] = [];
    const ask = async (owner: string) => {
      const outcome = single.run(owner, { script: 'const main = () => ({});', entry: 'main', input: '{}' });
      order.push(`${owner} ${await outcome.then(({ kind }) => kind, codeOf)}`);
    };
    await Promise.all([...Array.from({ length: 4 }, () => ask('noisy')), ask('quiet')]);
    assert.deepEqual(order, [
      'noisy request.overloaded',
      'noisy returned',
      'quiet returned',
      'noisy returned',
      'noisy returned',
    ]);
    await single.close();
  });

  // security: script-isolation
  it('returns no outcome if the script’s thread does not respond in time', async () => {
    const slow = createScripts({ size: 1, wallLimit: 1 });
    const outcome = slow.run('acme', { script: 'const main = () => { for (;;) {} };', entry: 'main', input: '{}' });
    await assert.rejects(outcome, (error) => codeOf(error) === 'request.overloaded');
    await slow.close();
  });

  it('returns no outcome if the server closes before the script ends', async () => {
    const closing = createScripts({ size: 1 });
    const task = { script: 'const main = () => ({});', entry: 'main', input: '{}' };
    const outcomes = Promise.allSettled([closing.run('acme', task), closing.run('acme', task)]);
    await closing.close();
    const codes = (await outcomes).map((outcome) => (outcome.status === 'rejected' ? codeOf(outcome.reason) : 'ran'));
    assert.deepEqual(codes, ['request.overloaded', 'request.overloaded']);
  });

  // security: script-isolation
  it('rejects whatever a script does after its rejection', async () => {
    const after = [
      'return { ok: true };',
      'throw new Error("x");',
      'for (;;) {}',
      'return new Promise(() => {});',
      'const all = []; for (;;) all.push(new Uint8Array(1024 * 1024));',
      'JSON.stringify = () => "{}"; return {};',
      'return { text: "x".repeat(40_000) };',
    ];
    for (const rest of after) {
      const outcome = await run(`try { input.api.denyAccess('no'); } catch {} ${rest}`);
      assert.deepEqual(outcome, { kind: 'denied', message: 'no' }, rest);
    }
    const unreadable = 'input.api.denyAccess({ toString() { throw new Error("x"); } });';
    assert.deepEqual(await run(unreadable), { kind: 'denied' });
  });

  it('distinguishes a script that does not load from one that fails', async () => {
    const reasonOf = async (script: string) => {
      const outcome = await scripts.run('acme', { script, entry: 'main', input: '{}' });
      return outcome.kind === 'failed' ? outcome.reason : outcome.kind;
    };
    for (const broken of ['const main = (', 'const other = 1;', 'const main = 1;', 'throw new Error("x");'])
      assert.equal(await reasonOf(broken), 'load', broken);
    assert.equal(await reasonOf('const main = () => { throw new Error("x"); };'), 'error');
  });

  it('limits the size of a script’s result', async () => {
    assert.equal((await run(`return { text: 'x'.repeat(32_000) };`)).kind, 'returned');
    assert.equal((await run(`return { text: 'x'.repeat(33_000) };`)).kind, 'failed');
  });
});

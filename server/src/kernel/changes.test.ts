import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createChanges } from './changes.ts';

interface Transaction {
  rows: string[];
}

describe('Changes', () => {
  it('runs every handler of a change in its transaction, one after the other', async () => {
    const changes = createChanges<Transaction>();
    const tx: Transaction = { rows: [] };
    changes.on('profile-field.deleted', async (given, { name }) => {
      await Promise.resolve();
      given.rows.push(`first ${name}`);
    });
    changes.on('profile-field.deleted', async (given, { name }) => void given.rows.push(`second ${name}`));
    changes.on('connector-target.deleted', async () => assert.fail('another change was announced'));
    await changes.announce(tx, 'profile-field.deleted', { name: 'size' });
    assert.deepEqual(tx.rows, ['first size', 'second size']);
  });

  it('passes on the failure of a handler and skips the handlers after it', async () => {
    const changes = createChanges<Transaction>();
    const tx: Transaction = { rows: [] };
    changes.on('scopes.changed', () => Promise.reject(new Error('refused')));
    changes.on('scopes.changed', async (given) => void given.rows.push('late'));
    await assert.rejects(changes.announce(tx, 'scopes.changed', {}), /refused/);
    assert.deepEqual(tx.rows, []);
  });

  it('rejects a change without handlers', async () => {
    const changes = createChanges<Transaction>();
    await assert.rejects(changes.announce({ rows: [] }, 'scopes.changed', {}), /scopes\.changed/);
  });
});

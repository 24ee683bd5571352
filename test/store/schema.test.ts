import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { schemaText } from '../../scripts/generate-schema.mjs';
import { findRoot } from '../../server/src/root.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('Row types', () => {
  let server: TestServer;

  before(async () => {
    server = await startServer();
  });
  after(() => server?.close());

  it('declares row types for the tables and columns that the migrations create', async () => {
    const file = await readFile(join(findRoot(process.env), 'server/src/store/schema.ts'), 'utf8');
    assert.equal(file, await schemaText(server.databaseUrl));
  });
});

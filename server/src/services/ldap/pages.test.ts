import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startEndlessDirectory } from '../../../../test/support/endless-directory.ts';
import { createConnect } from '../../kernel/outbound-socket.ts';
import { openLdap } from './connection.ts';
import { LdapError } from './errors.ts';
import { anyEntry } from './filters.ts';

describe('Pages of a search', () => {
  it('end with an error if the directory always says that more follow', async (t) => {
    const directory = await startEndlessDirectory();
    t.after(() => directory.close());
    const { hostname: host, port } = new URL(directory.url);
    const server = { host, port: Number(port), security: 'none' } as const;
    const limits = { connect: 5000, answer: 5000, bytes: 10_000, pages: 3 };
    const connection = await openLdap(createConnect({ allowed: ['127.0.0.1'] }), server, limits);
    let pages = 0;
    const read = async () => {
      const search = { base: 'dc=acme', scope: 'sub', filter: anyEntry(), attributes: ['mail'] } as const;
      for await (const { entries } of connection.pages(search, 200)) pages += 1 + entries.length;
    };
    await assert.rejects(read, (error) => error instanceof LdapError && error.reason === 'size');
    assert.equal(pages, 3);
    connection.close();
  });
});

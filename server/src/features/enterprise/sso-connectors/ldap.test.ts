import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type EndlessDirectory, startEndlessDirectory } from '../../../../../test/support/endless-directory.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { createConnect } from '../../../kernel/outbound-socket.ts';
import { LdapError, withDeadline } from '../../../services/ldap/index.ts';
import { createLdapConnection, createLdapTurns } from './ldap.ts';

const isLate = (error: unknown): boolean => error instanceof LdapError && error.reason === 'time';

describe('The time of a sign-in at a directory', () => {
  let directory: EndlessDirectory;
  before(async () => {
    directory = await startEndlessDirectory();
  });
  after(() => directory.close());

  it('ends a sign-in although the directory answers each request in time', async () => {
    const config = {
      ...{ url: directory.url, allowUnencrypted: true, bindDn: 'cn=aldaba,dc=acme', bindPassword: 'secret' },
      userBaseDn: 'dc=acme',
    };
    const late = new AbortController();
    // The account's bind, the search, and parts of the groups.
    directory.onRequest = (count) => {
      if (count === 20) late.abort(new LdapError('time', 'The time is over'));
    };
    const logged: object[] = [];
    const log = (fields: object) => void logged.push(fields);
    const connection = createLdapConnection(
      { id: 'the-connector', config, domains: ['acme.example'] },
      {
        connect: createConnect({ allowed: ['127.0.0.1'] }),
        log: { debug: log, info: log, warn: log, error: log },
        take: (work) => work(late.signal),
      },
    );
    const limited = async (_: unknown, check: () => Promise<unknown>) => check();
    await assert.rejects(
      async () => connection.prove?.({ username: 'ada', password: 'typed' }, limited as never),
      (error) => error instanceof AldabaError && error.code === 'connector.timeout',
    );
    assert.deepEqual(logged, [
      { connectorId: 'the-connector', reason: 'time', resultCode: undefined, detail: 'The time is over' },
    ]);
    await directory.left;
  });

  it('includes the wait for a connection while others ask the same directory', async () => {
    const turns = createLdapTurns(20)('tenant', 'connector');
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const others = Array.from({ length: 20 }, () => turns(() => released));
    const waiting = turns(async (deadline) => deadline.throwIfAborted());
    const isOver = assert.rejects(waiting, isLate);
    // Timers of the same length end in the order in which they began.
    const never = (deadline: AbortSignal) =>
      new Promise((_, reject) => deadline.addEventListener('abort', () => reject(deadline.reason)));
    await assert.rejects(withDeadline(20, never), isLate);
    release();
    await Promise.all([...others, isOver]);
  });
});

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import { experienceClient } from '../support/agent.ts';
import { managedServer } from '../support/managed-server.ts';
import { assertRefused, manage } from '../support/management.ts';
import { startServer } from '../support/server.ts';

describe('Import and export of users', () => {
  const suite = managedServer();

  // Of bcrypt 5.0.0 for Python.
  const password = 's3cret Ünïcödé';
  const bcrypt = '$2b$06$J2HNKp3RG7PV5mMUQVBWcOx8emFTzwbaIy6kNLA/.m3ScB.V602Ku';
  const call = async (method: string, path: string, lines?: readonly unknown[]) => {
    const body = lines?.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('');
    const answer = await fetch(`${suite.server.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${suite.api.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/x-ndjson' }),
      },
      ...(body === undefined ? {} : { body }),
    });
    assert.equal(answer.status, 200, await answer.clone().text());
    assert.match(answer.headers.get('content-type') ?? '', /^application\/x-ndjson/);
    return (await answer.text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  };
  const importLines = (lines: readonly unknown[], query = '') => call('POST', `/api/users/import${query}`, lines);

  it('imports users with all their data, who sign in with their existing passwords', async () => {
    const { body: role } = await suite.api.post('/api/roles', { name: 'editor', description: 'Edits', type: 'User' });
    const { body: organization } = await suite.api.post('/api/organizations', { name: 'Acme' });
    const ada = {
      id: 'auth0|5f7c8ec7c33c6c004bbafe82',
      username: 'ada',
      primaryEmail: 'Ada@EXAMPLE.com',
      primaryPhone: '610412345678',
      name: 'Ada',
      avatar: null,
      customData: { plan: 'pro' },
      profile: { givenName: 'Ada' },
      identities: { github: { userId: '77', details: { login: 'ada' } } },
      passwordDigest: bcrypt,
      passwordAlgorithm: 'Bcrypt',
      createdAt: 1_600_000_000_000,
      updatedAt: '2021-01-02T03:04:05.000Z',
      lastSignInAt: 1_610_000_000_000,
      roles: ['editor'],
      organizations: [{ id: organization.id }],
    };
    const reports = await importLines([ada, { primaryEmail: 'grace@example.com', isSuspended: true }]);
    assert.deepEqual(reports, [{ status: 'finished', line: 2, created: 2, skipped: 0, refused: 0 }]);
    const path = `/api/users/${encodeURIComponent(ada.id)}`;
    const { body: user } = await suite.api.get(path);
    assert.deepEqual(
      [
        user.primaryEmail,
        user.primaryPhone,
        user.createdAt,
        user.updatedAt,
        user.lastSignInAt,
        user.identities,
        user.customData,
      ],
      [
        'Ada@example.com',
        '61412345678',
        ada.createdAt,
        Date.parse(ada.updatedAt),
        ada.lastSignInAt,
        ada.identities,
        ada.customData,
      ],
    );
    assert.deepEqual(
      (await suite.api.get(`${path}/roles`)).body.map(({ id }: { id: string }) => id),
      [role.id],
    );
    assert.deepEqual(
      (await suite.api.get(`${path}/organizations`)).body.map(({ name }: { name: string }) => name),
      ['Acme'],
    );
    await suite.app.signIn('ada', password);
    assert.match((await suite.api.get(`${path}?includePasswordHash=true`)).body.passwordDigest, /^\$argon2id\$/);
    const [, { body: total }] = [0, await suite.api.get('/api/dashboard/users/total')];
    assert.equal(total.totalUserCount, 2);
  });

  // security: similar-addresses
  it('reports each rejected line with the reason, and imports the others', async () => {
    const reports = await importLines([
      { username: 'line_one' },
      'not json',
      { username: '1nvalid' },
      '',
      { primaryPhone: '99999' },
      { primaryEmail: 'x@1.2.3' },
      { primaryEmail: 'unproved@example.com', isEmailVerified: false },
      { username: 'weak', passwordDigest: 'abc', passwordAlgorithm: 'Bcrypt' },
      { name: 'No identifier' },
      { username: 'ADA', primaryEmail: 'ada@example.COM' },
      { username: 'nowhere', roles: ['unknown'] },
      { username: 'half', customData: { text: '\ud800' } },
      { username: 'null', customData: { text: '\0' } },
      { username: 'long', customData: { text: 'x'.repeat(300_000) } },
      { username: 'line_last' },
    ]);
    assert.deepEqual(
      reports.map(({ line, status, code }) => [line, status, code]),
      [
        [2, 'refused', 'guard.invalid_input'],
        [3, 'refused', 'guard.invalid_input'],
        [5, 'refused', 'user.invalid_phone'],
        [6, 'refused', 'user.invalid_email'],
        [7, 'refused', 'user.email_not_verified'],
        [8, 'refused', 'password.invalid_legacy_password_format'],
        [9, 'refused', 'guard.invalid_input'],
        [10, 'refused', 'user.email_already_in_use'],
        [11, 'refused', 'entity.relation_foreign_key_not_found'],
        [12, 'refused', 'guard.invalid_input'],
        [13, 'refused', 'guard.invalid_input'],
        [14, 'refused', 'guard.invalid_input'],
        [15, 'finished', undefined],
      ],
    );
    assert.match(reports[1].message, /username/);
    const { created, skipped, refused } = reports.at(-1);
    assert.deepEqual([created, skipped, refused], [2, 0, 12]);
    const trusted = await importLines(
      [{ primaryEmail: 'unproved@example.com', isEmailVerified: false }],
      '?trustUnverifiedEmails=true',
    );
    assert.equal(trusted.at(-1).created, 1);
  });

  it('imports users once, in any number of repeated and concurrent requests', async () => {
    const people = Array.from({ length: 1203 }, (_, at) => ({
      ...(at % 2 ? { id: `mover-${at}` } : {}),
      username: `mover_${at}`,
      primaryEmail: `mover${at}@example.com`,
      identities: { github: { userId: `m${at}` } },
    }));
    const twice = await Promise.all([importLines(people.slice(0, 700)), importLines(people)]);
    for (const reports of twice) assert.equal(reports.at(-1).status, 'finished');
    const again = await importLines(people, '?fromLine=1001');
    assert.deepEqual(again, [{ status: 'finished', line: 1203, created: 0, skipped: 203, refused: 0 }]);
    const { headers } = await suite.api.get('/api/users?search=mover_%25&page_size=1');
    assert.equal(headers.get('total-number'), '1203');
  });

  it('reports an existing value if two lines hold usernames that differ in case alone', async () => {
    const { body: before } = await suite.api.get('/api/sign-in-exp');
    const setCase = async (caseSensitive: boolean) => {
      const usernamePolicy = { ...before.usernamePolicy, caseSensitive };
      assert.equal((await suite.api.patch('/api/sign-in-exp', { usernamePolicy })).status, 200);
    };
    await setCase(false);
    const reports = await importLines([{ username: 'Grete' }, { username: 'grete' }]);
    await setCase(before.usernamePolicy.caseSensitive);
    const [{ line, status, code, message }] = reports;
    assert.deepEqual(
      [line, status, code, message],
      [
        2,
        'refused',
        'entity.unique_integrity_violation',
        'An item with the same value already exists. Choose another.',
      ],
    );
  });

  it('exports users in the import format, with digests only on request', async () => {
    const exported = await call('GET', '/api/users/export');
    const { body: all } = await suite.api.get('/api/users?page_size=1');
    assert.equal(all.length, 1);
    assert.equal(exported.length, Number((await suite.api.get('/api/users?page_size=1')).headers.get('total-number')));
    assert.doesNotMatch(JSON.stringify(exported), /passwordDigest|argon2/);
    const ada = exported.find(({ username }) => username === 'ada');
    assert.deepEqual(
      [ada.id, ada.roles, ada.createdAt],
      ['auth0|5f7c8ec7c33c6c004bbafe82', ['editor'], 1_600_000_000_000],
    );

    const marks = exported.filter(({ isEmailVerified }) => isEmailVerified !== undefined);
    assert.deepEqual(
      marks.map(({ primaryEmail, isEmailVerified }) => [primaryEmail, isEmailVerified]),
      [['unproved@example.com', false]],
      'an export does not make an address verified',
    );

    const complete = await call('GET', '/api/users/export?includePasswordHash=true');
    const other = await startServer();
    try {
      const reports: object[] = [];
      const lines = complete.map((line) => ({ ...line, roles: [], organizations: [] }));
      const trusting = { trustUnverifiedEmails: true };
      const bytes = [Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))];
      for await (const report of other.app.userTransfers.importBytes(other.tenant, bytes as never, trusting))
        reports.push(report);
      assert.deepEqual(reports.at(-1), {
        status: 'finished',
        line: lines.length,
        created: lines.length,
        skipped: 0,
        refused: 0,
      });
      const copy: unknown[] = [];
      for await (const user of other.app.userTransfers.export(other.tenant, { withPasswords: true })) copy.push(user);
      assert.deepEqual(copy, lines);
      await experienceClient(other.url).signIn('ada', password);
    } finally {
      await other.close();
    }
  });

  it('exports each user once, however many users exist and also if they were created in the same millisecond', async () => {
    const other = await startServer();
    const { tenant, app } = other;
    try {
      // Two and a half pages: microseconds apart in groups, and the last thousand at the same time.
      await tenant.db.raw(
        `insert into users (tenant_id, id, username, created_at)
         select $1, 'many' || lpad(n::text, 8, '0'), 'many_' || n, timestamptz '2026-01-01' + least(n, 250) * interval '1 microsecond'
           from generate_series(1, 1250) n`,
        [tenant.id],
      );
      const ids: string[] = [];
      for await (const { id } of app.userTransfers.export(tenant)) if (id?.startsWith('many')) ids.push(id);
      assert.equal(ids.length, 1250);
      assert.equal(new Set(ids).size, 1250);
    } finally {
      await other.close();
    }
  });

  it('rejects an import in another format, and from callers without a token', async () => {
    assertRefused(await suite.api.post('/api/users/import', [{ username: 'x' }]), 415, 'guard.unsupported_media_type');
    for (const [method, path] of [
      ['POST', '/api/users/import'],
      ['GET', '/api/users/export'],
    ] as const) {
      const answer = await fetch(`${suite.server.url}${path}`, {
        method,
        headers: { 'content-type': 'application/x-ndjson' },
        ...(method === 'POST' ? { body: '{}\n' } : {}),
      });
      assert.equal(answer.status, 401);
    }
    const elsewhere = await fetch(`${suite.server.url}/api/users`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson', authorization: `Bearer ${suite.api.token}` },
      body: '{}\n',
    });
    assert.equal(elsewhere.status, 415);
  });

  it('allows an import to take longer than other requests while lines arrive', async () => {
    const slow = await startServer({ environment: { HEADERS_TIMEOUT: '0.3', REQUEST_TIMEOUT: '0.3' } });
    try {
      const { token } = await manage(slow);
      // A connection that sends half a request shows when the time of requests is over.
      const timedOut = async () => {
        const { hostname, port } = new URL(slow.url);
        const socket = connect(Number(port), hostname);
        socket.write('POST /api/users HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10\r\n\r\n{');
        await once(socket.resume(), 'close');
      };
      const body = async function* () {
        yield Buffer.from('{"username":"first"}\n');
        await timedOut();
        yield Buffer.from('{"username":"second"}\n');
      };
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' };
      const request = { method: 'POST', headers, body: Readable.toWeb(Readable.from(body())), duplex: 'half' };
      const answer = await fetch(`${slow.url}/api/users/import`, request as never);
      assert.equal(answer.status, 200);
      assert.deepEqual(JSON.parse(await answer.text()), {
        status: 'finished',
        line: 2,
        created: 2,
        skipped: 0,
        refused: 0,
      });
    } finally {
      await slow.close();
    }
  });
});

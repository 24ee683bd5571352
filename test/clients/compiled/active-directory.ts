import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { LdapSync, LdapSyncRun } from '@aldaba/contract';
import { noCounts } from '../../../server/src/features/enterprise/ldap-sync/run.ts';
import { type ActiveDirectory, passwordOf, startActiveDirectory } from '../../support/active-directory.ts';
import { openExperience } from '../../support/experience-page.ts';
import { assertRefused, type Manager, manage } from '../../support/management.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { limitValues } from '../../support/value-limit.ts';

describe('A company with Active Directory', () => {
  let domain: ActiveDirectory;
  let server: TestServer;
  let api: Manager;
  const added = new Set<string>();
  before(async () => {
    domain = await startActiveDirectory();
    server = await startServer({ environment: { OUTBOUND_ALLOWED_HOSTS: domain.address } });
    api = await manage(server);
  });
  after(async () => {
    await server?.close();
    await domain?.close();
  });
  beforeEach(async () => {
    for (const { id } of (await api.get('/api/sso-connectors')).body) await api.delete(`/api/sso-connectors/${id}`);
    for (const { id } of (await api.get('/api/users?page_size=100')).body) await api.delete(`/api/users/${id}`);
    const settings = {
      ...{ singleSignOnEnabled: true, sentinelPolicy: {}, mfa: { factors: [], policy: 'UserControlled' } },
      signIn: { methods: [{ identifier: 'email', password: true, verificationCode: false, isPasswordPrimary: true }] },
      signUp: { identifiers: [], password: false, verify: false, secondaryIdentifiers: [] },
    };
    assert.equal((await api.patch('/api/sign-in-exp', settings)).status, 200);
  });
  afterEach(async () => {
    for (const dn of [...added].reverse()) await domain.remove(dn);
    added.clear();
  });
  const kept = (dn: string) => {
    added.add(dn);
    return dn;
  };
  const add = async (...given: Parameters<ActiveDirectory['add']>) => kept(await domain.add(...given));
  const group = async (name: string, members: string[]) => kept(await domain.group(name, members));
  const connect = async (config: object = {}, more: object = {}): Promise<string> => {
    const draft = { providerName: 'LDAP', connectorName: 'Acme', domains: ['acme.example'], ...more };
    const { status, body } = await api.post('/api/sso-connectors', {
      ...draft,
      config: { ...domain.config, ...config },
    });
    assert.equal(status, 200, JSON.stringify(body));
    return body.id;
  };
  /** The answer to a password, on a custom page. */
  const tryPassword = async (id: string, username: string, password: string) =>
    (await openExperience(server, 'SignIn')).call('POST', `/verification/sso/${id}/password`, { username, password });
  const codeOf = async (id: string, username: string, password = passwordOf(username)) => {
    const { status, body } = await tryPassword(id, username, password);
    return status === 200 ? 'signed in' : body.code;
  };
  const found = async (id: string, username: string) =>
    (await api.post(`/api/sso-connectors/${id}/test`, { username })).body.person;
  const run = async (id: string, options: object = {}): Promise<LdapSyncRun> => {
    const path = `/api/sso-connectors/${id}/sync`;
    const before = ((await api.get(path)).body as LdapSync).lastRun;
    assert.equal((await api.post(`${path}/run`, options)).status, 202);
    for (;;) {
      const { lastRun } = (await api.get(path)).body as LdapSync;
      if (lastRun && lastRun.finishedAt !== null && lastRun.startedAt !== before?.startedAt) return lastRun;
    }
  };
  const userOf = async (name: string) =>
    (await api.get('/api/users?page_size=100')).body.find(
      ({ primaryEmail }) => primaryEmail === `${name}@acme.example`,
    );

  it('signs people in by address, principal name and account name, over TLS and StartTLS', async () => {
    await add('ada');
    const accounts = [domain.config.bindDn, `CN=aldaba,CN=Users,${domain.base}`, 'ACME\\aldaba'];
    const id = await connect();
    for (const name of ['ada@acme.example', 'ada@corp.acme.example', 'ada', 'ADA', 'ACME\\ada', 'acme\\Ada'])
      assert.equal(await codeOf(id, name, passwordOf('ada')), 'signed in', name);
    for (const name of ['ada', 'ACME\\', '\\', 'nemo', 'ACME\\nemo'])
      assert.equal(await codeOf(id, name, 'wrong'), 'single_sign_on.invalid_credentials', name);
    for (const bindDn of accounts) {
      await api.delete(`/api/sso-connectors/${(await api.get('/api/sso-connectors')).body[0]?.id}`);
      const withStartTls = await connect({ bindDn, url: `ldap://${domain.address}` });
      assert.equal(await codeOf(withStartTls, 'ada'), 'signed in', String(bindDn));
    }
  });

  it('names the setting to correct where the domain demands encryption, or refuses the account', async () => {
    const cases: [config: object, path: string, reason: string, words: RegExp][] = [
      [
        { url: `ldap://${domain.address}`, caCertificate: undefined, allowUnencrypted: true },
        'startTls',
        'confidentiality',
        /code 8/,
      ],
      [{ bindPassword: 'wrong' }, 'bindPassword', 'account', /was refused/],
    ];
    await add('robot', { pwdLastSet: '0', userAccountControl: '512' });
    const expired = { bindDn: 'robot@corp.acme.example', bindPassword: passwordOf('robot') };
    cases.push([expired, 'bindPassword', 'account', /password has expired or must be changed/]);
    for (const [config, path, reason, words] of cases) {
      const draft = { ...domain.config, ...config };
      const answer = await api.post('/api/sso-connectors', {
        ...{ providerName: 'LDAP', connectorName: 'Acme', config: JSON.parse(JSON.stringify(draft)) },
      });
      assertRefused(answer, 400, 'connector.invalid_config');
      const { problems } = (answer.body as unknown as { data: { problems: Record<string, string>[] } }).data;
      assert.deepEqual([problems[0]?.path, problems[0]?.reason], [path, reason], JSON.stringify(problems));
      assert.match(problems[0]?.message ?? '', words);
    }
  });

  // security: account-enumeration
  it('tells a person why the right password is not enough, and nothing to a wrong one', async () => {
    await add('must', { pwdLastSet: '0', userAccountControl: '512' });
    await add('disabled', { userAccountControl: String(512 + 65_536 + 2) });
    await add('ended', { accountExpires: '130000000000000000' });
    const id = await connect();
    const reasons = {
      must: 'single_sign_on.password_expired',
      disabled: 'single_sign_on.account_disabled',
      ended: 'single_sign_on.account_disabled',
    };
    for (const [name, code] of Object.entries(reasons)) {
      assert.equal(await codeOf(id, name, 'wrong'), 'single_sign_on.invalid_credentials', name);
      assert.equal(await codeOf(id, name), code, name);
    }
    assert.deepEqual((await api.get('/api/users')).body, [], 'none of them got an account');
  });

  it('tells a person that the password has expired with time', async () => {
    const dn = await add('late', { userAccountControl: '512' });
    const id = await connect();
    assert.equal(await codeOf(id, 'late'), 'signed in');
    domain.agePassword(dn);
    assert.equal(await codeOf(id, 'late'), 'single_sign_on.password_expired');
    assert.equal(await codeOf(id, 'late', 'wrong'), 'single_sign_on.invalid_credentials');
  });

  // The domain says that an account is locked to wrong passwords, too.
  // security: account-enumeration, wrong-passwords
  it('answers alike for accounts that the domain has locked and for unknown people', async () => {
    const dn = await add('locked');
    const id = await connect();
    const unknown = await tryPassword(id, 'nemo', 'wrong');
    for (let count = 0; count < 4; count += 1) assert.deepEqual(await tryPassword(id, 'locked', 'wrong'), unknown);
    assert.notEqual(domain.print('locked', 'lockoutTime'), '0');
    assert.deepEqual(await tryPassword(id, 'locked', passwordOf('locked')), unknown);
    await domain.change(dn, { lockoutTime: '0' });
    assert.equal(await codeOf(id, 'locked'), 'signed in');
  });

  it('knows people by objectGUID, whatever their names and places become', async () => {
    const dn = await add('ada');
    const id = await connect();
    const guid = domain.print('ada', 'objectGUID');
    assert.equal((await found(id, 'ada'))?.id, guid);
    added.delete(dn);
    const moved = kept(`CN=Ada Byron,CN=Users,${domain.base}`);
    await domain.move(dn, moved);
    await domain.change(moved, { sAMAccountName: 'byron', userPrincipalName: 'byron@corp.acme.example' });
    await add('other', { sAMAccountName: 'ada' });
    const everywhere = await connect({ userBaseDn: domain.base }, { connectorName: 'All', domains: ['all.example'] });
    assert.equal((await found(everywhere, 'byron'))?.id, guid);
    assert.notEqual((await found(everywhere, 'ada'))?.id, guid);
  });

  it('prefers the account that is not disabled among those with the same address', async () => {
    await add('before', { mail: 'ada@acme.example', userAccountControl: String(512 + 65_536 + 2) });
    await add('ada');
    const id = await connect();
    assert.equal(await codeOf(id, 'ada@acme.example', passwordOf('ada')), 'signed in');
    assert.equal(await codeOf(id, 'ada@acme.example', passwordOf('before')), 'single_sign_on.invalid_credentials');
    await add('twin', { mail: 'ada@acme.example' });
    assert.equal(await codeOf(id, 'ada@acme.example', passwordOf('ada')), 'single_sign_on.invalid_credentials');
  });

  it('follows groups within groups where the connector asks for them', async () => {
    const ada = await add('ada');
    const inner = await group('Engineers (Berlin)', [ada]);
    const outer = await group('Engineers', [inner]);
    await group('Others', []);
    const groupsOf = async (config: object) => {
      const id = await connect(config);
      const attributes = (await found(id, 'ada'))?.attributes;
      await api.delete(`/api/sso-connectors/${id}`);
      return attributes;
    };
    const people = domain.config.userBaseDn as string;
    assert.deepEqual((await groupsOf({}))?.groups, ['Engineers (Berlin)']);
    assert.deepEqual((await groupsOf({ groupBaseDn: people }))?.groups, ['Engineers (Berlin)']);
    const nested = await groupsOf({ groupBaseDn: people, nestedGroups: true });
    assert.deepEqual(nested?.groups, ['Engineers', 'Engineers (Berlin)']);
    assert.deepEqual(nested?.groupDns, [inner, outer].sort());
    for (const config of [
      { nestedGroups: true },
      { groupBaseDn: people, nestedGroups: true, directoryType: 'openldap' },
    ])
      assertRefused(
        await api.post('/api/sso-connectors', {
          ...{ providerName: 'LDAP', connectorName: 'Acme', config: { ...domain.config, ...config } },
        }),
        ...([400, 'connector.invalid_config'] as const),
      );
  });

  it('reads all groups of a person when the domain sends only some at a time', async (t) => {
    const ada = await add('ada');
    const names = Array.from({ length: 8 }, (_, at) => `Group ${at}`);
    for (const name of names) await group(name, [ada]);
    const limit = await limitValues(domain, 'memberOf', 3);
    t.after(() => limit.close());
    const id = await connect({ url: `ldaps://${domain.address}:${limit.port}` });
    assert.deepEqual((await found(id, 'ada'))?.attributes.groups, names);
    assert.deepEqual(limit.asked(), ['memberof;range=3-*', 'memberof;range=6-*']);
  });

  // security: suspension
  it('suspends people whose account is disabled, and restores them with it', async () => {
    const dn = await add('ada');
    await add('bob');
    const id = await connect({ userBaseDn: domain.base, userFilter: undefined });
    await api.put(`/api/sso-connectors/${id}/sync`, {});
    const first = await run(id);
    assert.equal(first.state, 'succeeded', JSON.stringify(first));
    assert.ok(first.counts.referrals > 0, 'the tree of a domain refers to other parts');
    assert.equal((await userOf('ada'))?.isSuspended, false);
    const enabled = String(512 + 65_536);
    await domain.change(dn, { userAccountControl: String(512 + 65_536 + 2) });
    assert.deepEqual((await run(id)).counts.suspended, 1);
    assert.equal((await userOf('ada'))?.isSuspended, true);
    await domain.change(dn, { userAccountControl: enabled });
    assert.deepEqual((await run(id)).counts.restored, 1);
    assert.deepEqual([(await userOf('ada'))?.isSuspended, (await userOf('bob'))?.isSuspended], [false, false]);
  });

  it('reads more people than the domain sends in one answer', async () => {
    const names = Array.from({ length: 1100 }, (_, at) => `p${at}`);
    await domain.addMany(names);
    for (const name of names) kept(`CN=${name},${domain.config.userBaseDn}`);
    const id = await connect();
    await api.put(`/api/sso-connectors/${id}/sync`, {});
    const { state, counts } = await run(id);
    assert.deepEqual([state, counts], ['succeeded', { ...noCounts, read: 1100, created: 1100 }]);
    assert.deepEqual((await run(id)).counts, { ...noCounts, read: 1100, unchanged: 1100 });
  });
});

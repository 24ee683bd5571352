import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { experienceClient } from '../support/agent.ts';
import { movableClock } from '../support/clock.ts';
import { assertRefused, type Manager, manage, requestToken } from '../support/management.ts';
import { visit } from '../support/page-agent.ts';
import { startServer, type TestServer } from '../support/server.ts';

interface Entry {
  id: string;
  key: string;
  payload: Record<string, unknown> & {
    interaction?: { verificationRecords: { id: string; type: string }[] };
    error?: { code: string };
    params?: Record<string, unknown>;
  };
  createdAt: number;
}
const ada = { username: 'ada', password: 'tulips under stone' };
const day = 86_400_000;

describe('Audit log', () => {
  let server: TestServer;
  let api: Manager;
  before(async () => {
    server = await startServer({ environment: { LOG_RETENTION_DAYS: '30' } });
    api = await manage(server);
  });
  after(() => server.close());

  const list = async (query = ''): Promise<Entry[]> => (await api.get(`/api/logs?page_size=100${query}`)).body;
  const machine = async () =>
    (await api.post('/api/applications', { name: 'Machine', type: 'MachineToMachine' })).body as {
      id: string;
      secret: string;
    };

  it('logs each step of a sign-in with the user, the application and the IP address', async () => {
    await api.post('/api/users', ada);
    const person = await visit(server);
    await person.post('/sign-in', { ...ada, password: 'not the password' });
    await person.arrive(await person.post('/sign-in', ada, { 'user-agent': 'A browser' }));
    const entries = (await list('&applicationId=demo-app')).reverse();
    assert.deepEqual(
      entries.map(({ key, payload }) => `${key} ${payload.result}`),
      [
        'Interaction.Create Success',
        'Interaction.SignIn.Verification.Password.Submit Error',
        'Interaction.SignIn.Create Success',
        'Interaction.SignIn.Verification.Password.Submit Success',
        'Interaction.SignIn.Identifier.Submit Success',
        'Interaction.SignIn.Submit Success',
        'Interaction.End Success',
      ],
    );
    assert.equal(new Set(entries.map(({ payload }) => payload.sessionId)).size, 1);
    const failure = entries.find(({ payload }) => payload.result === 'Error');
    assert.deepEqual(failure?.payload.params, { identifier: { type: 'username', value: 'ada' } });
    assert.equal(failure?.payload.error?.code, 'session.invalid_credentials');
    const done = entries.find(({ key }) => key === 'Interaction.SignIn.Submit');
    assert.equal(done?.payload.userAgent, 'A browser');
    assert.deepEqual(done?.payload.interaction, {
      interactionEvent: 'SignIn',
      userId: done?.payload.userId,
      verificationRecords: done?.payload.interaction?.verificationRecords,
    });
    assert.deepEqual(
      done?.payload.interaction?.verificationRecords.map(({ type }) => type),
      ['Password'],
    );
    assert.match(String(done?.payload.ip), /127\.0\.0\.1|::1/);
    assert.deepEqual((await api.get(`/api/logs/${done?.id}`)).body, done);
    assertRefused(await api.get('/api/logs/none'), 404, 'entity.not_exists_with_id');
  });

  it('logs issued tokens, and rejected token requests with the client', async () => {
    const { id, secret } = await machine();
    await requestToken(server.url, { id, secret: 'wrong' });
    await requestToken(server.url, { id, secret });
    const [given] = await list(`&applicationId=${id}`);
    assert.equal(given?.key, 'ExchangeTokenBy.ClientCredentials');
    assert.deepEqual([given?.payload.result, given?.payload.tokenTypes], ['Success', ['AccessToken']]);
    const refused = (await list('&logKey=ExchangeTokenBy.ClientCredentials')).find(({ payload }) => payload.error);
    assert.deepEqual(refused?.payload.error?.code, 'oidc.invalid_client');
    assert.equal(refused?.payload.params?.client_id, id);
    const [first] = (await api.get(`/api/applications/${id}/secrets`)).body;
    assert.deepEqual(given?.payload.applicationSecret, { name: first.name });
    const second = (await api.post(`/api/applications/${id}/secrets`, { name: 'For the night run' })).body;
    await requestToken(server.url, { id, secret: second.value });
    const [again] = await list(`&applicationId=${id}`);
    assert.deepEqual(again?.payload.applicationSecret, { name: 'For the night run' });
  });

  it('returns the browser and the system that the user agent names', async () => {
    const agent =
      'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.6478.71 Mobile Safari/537.36';
    const body = new URLSearchParams({ client_id: 'parsed-agent', grant_type: 'client_credentials' });
    await fetch(`${server.url}/oidc/token`, { method: 'POST', body, headers: { 'user-agent': agent } });
    const isThis = ({ payload }: Entry) => payload.params?.client_id === 'parsed-agent';
    const entry = (await list('&logKey=ExchangeTokenBy.ClientCredentials')).find(isThis);
    assert.deepEqual(entry?.payload.userAgentParsed, {
      ua: agent,
      browser: { name: 'Chrome', version: '126.0.6478.71', major: '126' },
      device: { vendor: 'Google', model: 'Pixel 8', type: 'mobile' },
      engine: { name: 'Blink', version: '126.0.6478.71' },
      os: { name: 'Android', version: '14' },
      cpu: {},
    });
    assert.deepEqual((await api.get(`/api/logs/${entry?.id}`)).body, entry);
  });

  it('logs refreshed and revoked tokens of a user', async () => {
    const client = experienceClient(server.url);
    const entered = await client.register('grace', ada.password);
    const tokens = await client.redeem(entered);
    const refreshed = await client.refresh(tokens.refresh_token);
    const { sub } = await client.userinfo(refreshed.access_token);
    const body = new URLSearchParams({ client_id: 'demo-app', token: refreshed.refresh_token });
    assert.equal((await fetch(`${server.url}/oidc/token/revocation`, { method: 'POST', body })).status, 200);
    const keys = new Set((await list(`&userId=${sub}`)).map(({ key }) => key));
    for (const key of [
      'Interaction.Register.Submit',
      'ExchangeTokenBy.AuthorizationCode',
      'ExchangeTokenBy.RefreshToken',
      'RevokeToken',
      'RevokeGrants',
    ])
      assert.ok(keys.has(key), `${key} is missing in ${[...keys].join(', ')}`);
  });

  // security: leaked-secrets
  it('logs no password, secret, code or token', async () => {
    const { id, secret } = await machine();
    const { body: token } = await requestToken(server.url, { id, secret });
    const client = experienceClient(server.url);
    const entered = await client.register('mary', 'a password of mary');
    const tokens = await client.redeem(entered);
    const refreshed = await client.refresh(tokens.refresh_token);
    await api.get('/api/logs');
    const rows = await server.app.database.system.raw<{ row: string }>('select logs::text as row from logs', []);
    const all = rows.map(({ row }) => row).join('\n');
    const secrets = [
      secret,
      token.access_token,
      'a password of mary',
      tokens.access_token,
      tokens.refresh_token,
      refreshed.refresh_token,
      tokens.id_token,
      ada.password,
      'not the password',
    ];
    assert.ok(all.includes('mary') && all.includes(id), 'what is no secret is there');
    for (const each of secrets) assert.ok(each && !all.includes(each), `${each.slice(0, 6)}… is in the log`);
  });

  it('filters and counts log entries by key, time and page', async () => {
    const { id, secret } = await machine();
    const from = Date.now();
    for (let count = 0; count < 3; count += 1) await requestToken(server.url, { id, secret });
    const query = `/api/logs?applicationId=${id}&logKey=ExchangeTokenBy.ClientCredentials`;
    const page = await api.get(`${query}&page=1&page_size=2&start_time=${from}&end_time=${Date.now() + 1000}`);
    assert.deepEqual([page.body.length, page.headers.get('total-number')], [2, '3']);
    assert.deepEqual((await api.get(`${query}&end_time=${from - 1}`)).body, []);
    assert.deepEqual((await api.get(`${query}&logKey=None`)).status, 400);
    assertRefused(await api.get(`${query}&start_time=2&end_time=1`), 400, 'guard.invalid_input');
    assertRefused(await api.get(`${query}&start_time=yesterday`), 400, 'guard.invalid_input');
  });

  it('filters log entries by result, and lists the steps of one sign-in', async () => {
    const { id, secret } = await machine();
    await requestToken(server.url, { id, secret });
    await requestToken(server.url, { id, secret }, 'https://nowhere.example');
    const resultsOf = async (result: string) =>
      (await list(`&applicationId=${id}&result=${result}`)).map(({ payload }) => payload.result);
    assert.deepEqual([await resultsOf('Success'), await resultsOf('Error')], [['Success'], ['Error']]);
    assertRefused(await api.get('/api/logs?result=Maybe'), 400, 'guard.invalid_input');
    const client = experienceClient(server.url);
    await client.register('lin', ada.password);
    await client.signIn('lin', ada.password);
    const [done] = await list('&logKey=Interaction.SignIn.Submit&applicationId=demo-app');
    const steps = await list(`&sessionId=${done?.payload.sessionId}`);
    assert.deepEqual(
      steps.map(({ key }) => key).filter((key) => key.endsWith('.Submit')),
      [
        'Interaction.SignIn.Submit',
        'Interaction.SignIn.Identifier.Submit',
        'Interaction.SignIn.Verification.Password.Submit',
      ],
    );
  });

  it('counts log entries up to 10,000 only if asked for', async () => {
    await server.app.database.system.raw(
      `insert into logs (tenant_id, id, key, payload, created_at)
       select 'default', 'many' || n, 'Many', '{"key":"Many","result":"Success"}', now() from generate_series(1, 10005) n`,
      [],
    );
    const capped = await api.get('/api/logs?logKey=Many&enableCap=true');
    assert.deepEqual(
      [capped.headers.get('total-number'), capped.headers.get('total-number-is-capped')],
      ['10001', 'true'],
    );
    assert.doesNotMatch(capped.headers.get('link') ?? '', /rel="(last|next)"/);
    const whole = await api.get('/api/logs?logKey=Many');
    assert.deepEqual([whole.headers.get('total-number'), whole.headers.get('total-number-is-capped')], ['10005', null]);
  });

  it('keeps the logs of tenants apart', async () => {
    const other = await server.app.tenancy.create({ id: 'other', name: 'Other' });
    const [entry] = await list();
    const stranger = await manage(server, other);
    const { body } = await stranger.get('/api/logs');
    assert.ok(body.length > 0);
    assert.ok(body.every(({ tenantId }: { tenantId: string }) => tenantId === 'other'));
    assertRefused(await stranger.get(`/api/logs/${entry?.id}`), 404, 'entity.not_exists_with_id');
  });

  it('writes buffered log entries when the server stops', async () => {
    const { id, secret } = await machine();
    await requestToken(server.url, { id, secret });
    await server.restart();
    assert.equal((await list(`&applicationId=${id}`)).length, 1);
  });

  it('deletes log entries after their retention', async () => {
    const before = await list();
    assert.ok(before.length > 0);
    const old = new Date(Date.now() - 50 * day);
    await server.app.database.system.raw(
      `insert into logs (tenant_id, id, key, payload, created_at) values ('default', 'old', 'Old', '{}', $1)`,
      [old],
    );
    assert.deepEqual(await list('&logKey=Old'), []);
    const rows = () => server.app.database.system.raw(`select 1 from logs where id = 'old'`, []);
    assert.equal((await rows()).length, 1);
    // It is swept when a server starts, and every hour.
    await server.restart();
    await list();
    await server.restart();
    assert.equal((await rows()).length, 0);
    // The weeks that are over are dropped whole.
    const partitions = async () =>
      (
        await server.app.database.system.raw<{ count: number }>(
          `select count(*) from pg_inherits where inhparent = 'aldaba.logs'::regclass`,
          [],
        )
      )[0]?.count;
    const count = await partitions();
    await server.app.database.system.raw('select rotate_logs($1)', [new Date(Date.now() + 15 * day)]);
    assert.ok(Number(await partitions()) < Number(count));
  });
});

describe('Dashboard', () => {
  it('counts all, new and active users', async (test) => {
    const clock = movableClock();
    const server = await startServer({ world: { clock } });
    test.after(() => server.close());
    let api = await manage(server);
    const client = experienceClient(server.url);
    const tokens = await client.redeem(await client.register('ada', ada.password));
    await api.post('/api/users', { username: 'idle' });
    assert.deepEqual((await api.get('/api/dashboard/users/total')).body, { totalUserCount: 2 });
    const today = new Date(clock.now()).toISOString().slice(0, 10);
    const { newUserCurve, ...added } = (await api.get('/api/dashboard/users/new')).body;
    const two = { count: 2, delta: 2 };
    assert.deepEqual(added, { today: two, last7Days: two, last30Days: two });
    assert.deepEqual(newUserCurve.at(-1), { date: today, count: 2 });
    const { body: active } = await api.get('/api/dashboard/users/active');
    assert.deepEqual([active.dau, active.wau, active.mau], Array(3).fill({ count: 1, delta: 1 }));
    assert.deepEqual(active.dauCurve.at(-1), { date: today, count: 1 });
    assert.equal(active.dauCurve.length, 30);

    clock.ahead = day;
    api = await manage(server);
    await client.refresh(tokens.refresh_token);
    const tomorrow = (await api.get('/api/dashboard/users/active')).body;
    assert.deepEqual(
      [tomorrow.dau, tomorrow.wau],
      [
        { count: 1, delta: 0 },
        { count: 1, delta: 1 },
      ],
    );
    assert.deepEqual((await api.get('/api/dashboard/users/new')).body.today, { count: 0, delta: -2 });
    assert.deepEqual((await api.get(`/api/dashboard/users/active?date=${today}`)).body.dau, { count: 1, delta: 1 });
    assertRefused(await api.get('/api/dashboard/users/active?date=today'), 400, 'guard.invalid_input');
  });

  it('compares the new users of 30 days with the 30 days before, day by day', async (test) => {
    const clock = movableClock();
    const server = await startServer({ world: { clock } });
    test.after(() => server.close());
    const createUsers = async (daysAgo: number, count: number) => {
      clock.ahead = -daysAgo * day;
      const api = await manage(server);
      for (let index = 0; index < count; index += 1)
        await api.post('/api/users', { username: `user_${daysAgo}_${index}` });
    };
    // The last and the first day of each period, and a day that is in neither.
    for (const [daysAgo, count] of [
      [60, 1],
      [59, 1],
      [30, 1],
      [29, 3],
      [0, 2],
    ] as const)
      await createUsers(daysAgo, count);
    const { body } = await (await manage(server)).get('/api/dashboard/users/new');
    assert.deepEqual(body.last30Days, { count: 5, delta: 3 });
    const counts = body.newUserCurve.map(({ count }: { count: number }) => count);
    assert.deepEqual(counts, [3, ...Array(28).fill(0), 2]);
    const dates: string[] = body.newUserCurve.map(({ date }: { date: string }) => date);
    assert.deepEqual(dates, [...new Set(dates)].sort());
    assert.equal(dates.at(0), new Date(clock.now() - 29 * day).toISOString().slice(0, 10));
  });
});

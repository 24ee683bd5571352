import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Manager, manage, type Reply } from '../support/management.ts';
import { race } from '../support/race.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** What a setting refers to, deleted by one operator while another one sets it. */
describe('Settings and what they refer to, changed by two operators at once', () => {
  let server: TestServer;
  let api: Manager;
  before(async () => {
    server = await startServer();
    api = await manage(server);
    await api.post('/api/users', { username: 'Ana' });
    // Stores the settings, whose row is waited for.
    await api.patch('/api/sign-in-exp', { signInMode: 'SignInAndRegister' });
  });
  after(() => server.close());
  const settings = '/api/sign-in-exp';
  const get = async () => (await api.get(settings)).body;

  /** Checks the settings after rounds of a deletion and a change that refers to what is deleted. */
  async function rounds(
    create: () => Promise<Reply<unknown>>,
    remove: () => Promise<Reply<unknown>>,
    [change, check]: readonly [object, () => Promise<void>],
  ): Promise<void> {
    const set = () => api.patch(settings, change);
    // Waits for users after its checks.
    const setLate = async () => {
      const { caseSensitive } = (await get()).usernamePolicy;
      return api.patch(settings, { ...change, usernamePolicy: { caseSensitive: !caseSensitive } });
    };
    const races = [
      ['sign_in_experiences', [remove, set]],
      ['sign_in_experiences', [set, remove]],
      ['users', [setLate, remove]],
    ] as const;
    for (const [table, requests] of [...races, ...races]) {
      const created = await create();
      assert.ok([200, 201].includes(created.status), JSON.stringify(created.body));
      const answers = await race<Reply<unknown>>(server.app.database, table, requests);
      for (const { status, body } of answers) assert.ok(status < 500, JSON.stringify(body));
      await check();
    }
  }

  it('the first change of the settings ever waits like later ones', async () => {
    const path = '/api/custom-phrases/eo';
    await server.app.database.system.raw('delete from sign_in_experiences where tenant_id = $1', ['default']);
    assert.equal((await api.put(path, { signIn: { title: 'Ensaluti' } })).status, 201);
    const languageInfo = { autoDetect: false, fallbackLanguage: 'eo' };
    const answers = await race<Reply<unknown>>(server.app.database, 'users', [
      () => api.patch(settings, { languageInfo, usernamePolicy: { caseSensitive: false } }),
      () => api.delete(path),
    ]);
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 409],
    );
    assert.equal((await api.get(path)).status, 200);
    await api.patch(settings, { languageInfo: { autoDetect: false, fallbackLanguage: 'en' } });
  });

  it('a captcha is never required without its provider', async () => {
    const path = '/api/captcha-provider';
    await rounds(
      () => api.put(path, { config: { type: 'ProofOfWork' } }),
      () => api.delete(path),
      [
        { captchaPolicy: { enabled: true } },
        async () => {
          if ((await get()).captchaPolicy.enabled) assert.equal((await api.get(path)).status, 200);
          await api.patch(settings, { captchaPolicy: { enabled: false } });
        },
      ],
    );
  });

  it('sign-up never asks for a profile field that was deleted', async () => {
    const path = '/api/custom-profile-fields';
    await rounds(
      () => api.post(path, { name: 'tea', type: 'Text', label: 'Tea', required: false, config: {} }),
      () => api.delete(`${path}/tea`),
      [
        { signUpProfileFields: [{ name: 'tea' }] },
        async () => {
          assert.equal((await api.get(`${path}/tea`)).status, 404);
          assert.deepEqual((await get()).signUpProfileFields ?? [], []);
        },
      ],
    );
  });

  it('the account page never lists a profile field that was deleted', async () => {
    const path = '/api/custom-profile-fields';
    const create = () => api.post(path, { name: 'shoe', type: 'Text', label: 'Shoe', required: false, config: {} });
    const [remove, show] = [
      () => api.delete(`${path}/shoe`),
      () => api.patch('/api/account-center', { profileFields: [{ name: 'shoe' }] }),
    ];
    // Stores the settings, whose row is waited for.
    await api.patch('/api/account-center', { enabled: true });
    for (const requests of [
      [remove, show],
      [show, remove],
    ]) {
      assert.equal((await create()).status, 201);
      await race<Reply<unknown>>(server.app.database, 'tenant_settings', requests);
      assert.equal((await api.get(`${path}/shoe`)).status, 404);
      assert.deepEqual((await api.get('/api/account-center')).body.profileFields ?? [], []);
    }
  });

  it('the fallback language always has words', async () => {
    const path = '/api/custom-phrases/eo';
    await rounds(
      () => api.put(path, { signIn: { title: 'Ensaluti' } }),
      () => api.delete(path),
      [
        { languageInfo: { autoDetect: false, fallbackLanguage: 'eo' } },
        async () => {
          if ((await get()).languageInfo.fallbackLanguage === 'eo') assert.equal((await api.get(path)).status, 200);
          await api.patch(settings, { languageInfo: { autoDetect: false, fallbackLanguage: 'en' } });
        },
      ],
    );
  });

  it('no button is left for a social target without a connector', async () => {
    const config = { appId: 'wx', appSecret: 'secret' };
    await rounds(
      () => api.post('/api/connectors', { id: 'wechatwechat', connectorId: 'wechat-web', config }),
      () => api.delete('/api/connectors/wechatwechat'),
      [
        { socialSignInConnectorTargets: ['wechat'] },
        async () => {
          assert.equal((await api.get('/api/connectors/wechatwechat')).status, 404);
          assert.deepEqual((await get()).socialSignInConnectorTargets, []);
        },
      ],
    );
  });
});

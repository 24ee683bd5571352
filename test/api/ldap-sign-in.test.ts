import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type Directory, startDirectory } from '../support/directory.ts';
import { openExperience } from '../support/experience-page.ts';
import { type Manager, manage } from '../support/management.ts';
import { startServer, type TestServer } from '../support/server.ts';

const experience = {
  signIn: { methods: [{ identifier: 'email', password: true, verificationCode: false, isPasswordPrimary: true }] },
  signUp: { identifiers: [], password: false, verify: false, secondaryIdentifiers: [] },
  signInMode: 'SignInAndRegister',
  singleSignOnEnabled: true,
};

describe('Sign-in with the password of a directory', () => {
  let directory: Directory;
  let server: TestServer;
  let api: Manager;
  before(async () => {
    directory = await startDirectory();
    server = await startServer({ environment: { OUTBOUND_ALLOWED_HOSTS: '127.0.0.1' } });
    api = await manage(server);
    assert.equal((await api.patch('/api/sign-in-exp', experience)).status, 200);
    await directory.add('ada');
  });
  after(async () => {
    await server?.close();
    await directory?.close();
  });
  beforeEach(async () => {
    for (const { id } of (await api.get('/api/sso-connectors')).body) await api.delete(`/api/sso-connectors/${id}`);
    for (const { id } of (await api.get('/api/users?page_size=100')).body) await api.delete(`/api/users/${id}`);
  });

  const connect = async (config: object = directory.config, more: object = {}): Promise<string> => {
    const draft = { providerName: 'LDAP', connectorName: 'Acme', config, domains: ['acme.example'], ...more };
    const { status, body } = await api.post('/api/sso-connectors', draft);
    assert.equal(status, 200, JSON.stringify(body));
    return body.id;
  };

  it('creates the account of a person, and finds it again', async () => {
    const id = await connect();
    for (const event of ['Register', 'SignIn']) {
      const page = await openExperience(server, event);
      const { connectorIds } = await page.expect<{ connectorIds: string[] }>(
        200,
        'GET',
        '/sso-connectors?email=ada%40acme.example',
      );
      assert.deepEqual(connectorIds, [id]);
      const typed = { username: 'ada@acme.example', password: 'password of ada' };
      const { verificationId } = await page.expect(200, 'POST', `/verification/sso/${id}/password`, typed);
      await page.expect(event === 'Register' ? 201 : 204, 'POST', '/identification', { verificationId });
      const { redirectTo = '' } = await page.expect(200, 'POST', '/submit');
      assert.ok((await page.follow(redirectTo)).searchParams.get('code'));
    }
    const { body: users } = await api.get('/api/users');
    assert.deepEqual(
      users.map(({ primaryEmail, name }) => [primaryEmail, name]),
      [['ada@acme.example', 'Person ada']],
    );
  });
});

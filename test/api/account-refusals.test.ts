import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { allRoutes, type RouteContract } from '@aldaba/contract';
import fc from 'fast-check';
import { editableFields } from '../support/account-visitor.ts';
import { experienceClient } from '../support/agent.ts';
import { assertRefused, type Manager, manage, managerWith } from '../support/management.ts';
import { bodiesOf, pathNaming } from '../support/own-rows.ts';
import { pngOf } from '../support/picture.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { uploadFile } from '../support/upload.ts';

const password = 'correct horse battery 7';
const scope = [
  'openid profile email phone address identities custom_data offline_access',
  'urn:logto:scope:sessions urn:logto:scope:trusted_devices',
].join(' ');
const routes = allRoutes.filter(({ access }) => access === 'account');
const nameOf = ({ method, path }: RouteContract) => `${method} ${path}`;

/** Need a proof that the caller owns the account; of the tokens of a provider, the record of a new sign-in there. */
const proved = new Set([
  // Of a username.
  'PATCH /api/my-account',
  'PATCH /api/my-account/logto-configs',
  'PATCH /api/my-account/mfa-settings',
  'POST /api/my-account/password',
  'POST /api/my-account/primary-email',
  'DELETE /api/my-account/primary-email',
  'POST /api/my-account/primary-phone',
  'DELETE /api/my-account/primary-phone',
  'POST /api/my-account/identities',
  'PUT /api/my-account/identities',
  'DELETE /api/my-account/identities/:target',
  'POST /api/my-account/mfa-verifications',
  'DELETE /api/my-account/mfa-verifications/:verificationId',
  'PATCH /api/my-account/mfa-verifications/:verificationId/name',
  'GET /api/my-account/mfa-verifications/backup-codes',
  'PUT /api/my-account/mfa-verifications/totp',
  'GET /api/my-account/sessions',
  'DELETE /api/my-account/sessions/:sessionId',
  'GET /api/my-account/grants',
  'DELETE /api/my-account/grants/:grantId',
  'DELETE /api/my-account/trusted-devices/:trustedDeviceId',
  'PUT /api/my-account/identities/:target/access-token',
]);
/** Show the ID of the user, or prove something and change nothing. */
const open = new Set([
  'GET /api/my-account',
  'POST /api/verifications/verification-code',
  'POST /api/verifications/web-authn/registration',
]);

// security: own-account
describe('Every route of the Account API', () => {
  let server: TestServer;
  let api: Manager;
  let full: Manager;
  let narrow: Manager;
  before(async () => {
    server = await startServer();
    api = await manage(server);
    await api.post('/api/users', { username: 'ada', password, primaryEmail: 'ada@example.com' });
    await api.patch('/api/account-center', { enabled: true, fields: editableFields });
    const mfa = { policy: 'NoPrompt', factors: ['Totp', 'WebAuthn', 'BackupCode'] };
    await api.patch('/api/sign-in-exp', { mfa });
    const tokenFor = async (wanted: string) => {
      const client = experienceClient(server.url, { scope: wanted });
      return managerWith(server.url, (await client.redeem(await client.signIn('ada', password))).access_token);
    };
    [full, narrow] = [await tokenFor(scope), await tokenFor('openid offline_access')];
  });
  after(() => server?.close());

  const withProof = async () => {
    const { body } = await full.post('/api/verifications/password', { password });
    return managerWith(server.url, full.token, { 'logto-verification-id': body.verificationRecordId });
  };
  const send = (mine: Manager, route: RouteContract) => {
    const path = pathNaming(route, 'something');
    if (route.upload !== undefined) return uploadFile(mine, path, { bytes: pngOf({}), type: 'image/png' });
    const names = ['34600000001', 'ada@example.com', 'something', '12345678'];
    if (nameOf(route) === 'PATCH /api/my-account') return mine.patch(path, { username: 'another' });
    const [body] = fc.sample(bodiesOf(route, names), { numRuns: 1, seed: 4 });
    return mine.send(route.method, path, body === undefined ? {} : { body });
  };

  for (const route of routes)
    it(`is refused without a token, and while the account center is off: ${nameOf(route)}`, async () => {
      assertRefused(await send(managerWith(server.url, ''), route), 401, 'auth.authorization_header_missing');
      await api.patch('/api/account-center', { enabled: false });
      assertRefused(await send(full, route), 400, 'account_center.not_enabled');
      await api.patch('/api/account-center', { enabled: true });
    });

  it('needs the proof of the owner where it changes how the user signs in, or shows where', async () => {
    const asked: string[] = [];
    for (const route of routes) {
      const { status, body } = await send(full, route);
      if (status === 401 && body.code === 'verification_record.permission_denied') asked.push(nameOf(route));
    }
    assert.deepEqual(asked.sort(), [...proved].sort());
  });

  it('needs a scope or an open field, unless it shows the ID alone or only proves something', async () => {
    const fields = Object.fromEntries(Object.keys(editableFields).map((field) => [field, 'Off']));
    await api.patch('/api/account-center', { fields });
    const answered: string[] = [];
    for (const route of routes) {
      const { status } = await send(narrow, route);
      if (status < 300) answered.push(nameOf(route));
    }
    await api.patch('/api/account-center', { fields: editableFields });
    assert.deepEqual(
      answered.filter((name) => !open.has(name)),
      [],
    );
  });

  it('shows the settings of second factors, and changes them with a proof', async () => {
    const path = '/api/my-account/mfa-settings';
    assert.equal((await full.get(path)).body.skipMfaOnSignIn, false);
    const own = await withProof();
    assert.equal((await own.patch(path, { skipMfaOnSignIn: true })).status, 200);
    assert.equal((await full.get(path)).body.skipMfaOnSignIn, true);
  });

  it('lists trusted devices, and forgets one with a proof', async () => {
    await server.tenant.db.raw(
      `insert into trusted_devices (tenant_id, id, user_id, secret_hash, user_agent, created_at, last_used_at, expires_at)
       select 'default', 'device-1', id, 'hash', 'A browser', now(), now(), now() + interval '30 days'
       from users where tenant_id = 'default' and username = 'ada'`,
    );
    const path = '/api/my-account/trusted-devices';
    const idsOf = async () => (await full.get(path)).body.map(({ id }: { id: string }) => id);
    assert.deepEqual(await idsOf(), ['device-1']);
    assert.equal((await (await withProof()).delete(`${path}/device-1`)).status, 204);
    assert.deepEqual(await idsOf(), []);
  });
});

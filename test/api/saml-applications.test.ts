import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { readIdentityProviderMetadata } from '../../server/src/services/saml/index.ts';
import { movableClock } from '../support/clock.ts';
import { assertRefused, type Manager, manage } from '../support/management.ts';
import { createPartner, type SamlPartner } from '../support/saml-partner.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('SAML applications', () => {
  const clock = movableClock();
  let server: TestServer;
  let api: Manager;
  let partner: SamlPartner;
  before(async () => {
    server = await startServer({ world: { clock } });
    api = await manage(server);
    partner = await createPartner(server.url);
  });
  after(() => server.close());

  const path = '/api/saml-applications';
  const post = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST';
  const create = async (more: object = {}) => (await api.post(path, { name: 'Payroll', ...more })).body;

  it('are created, read, changed and deleted, and are in the list of applications without a secret', async () => {
    const configuration = {
      entityId: 'urn:payroll',
      acsUrl: { binding: post, url: 'https://payroll.example.com/acs?tenant=1' },
      additionalAcsUrls: [{ index: 3, url: 'https://payroll.example.com/other' }],
      attributeMapping: { email: 'mail', roles: 'groups' },
      nameIdFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
      encryption: { encryptAssertion: true, encryptThenSign: true, certificate: partner.keys.certificate },
      singleLogoutUrl: { binding: post, url: 'https://payroll.example.com/slo' },
      requestCertificate: partner.keys.certificate,
    };
    const created = await api.post(path, {
      name: 'Payroll',
      description: 'Wages',
      customData: { a: 1 },
      ...configuration,
    });
    assert.equal(created.status, 201);
    const { id, createdAt, ...shown } = created.body;
    assert.deepEqual(shown, {
      ...{ tenantId: 'default', name: 'Payroll', description: 'Wages', type: 'SAML', customData: { a: 1 } },
      ...{ isThirdParty: false, appLevelAccessControlEnabled: false },
      ...configuration,
    });
    assert.deepEqual((await api.get(`${path}/${id}`)).body, created.body);
    const changed = await api.patch(`${path}/${id}`, { name: 'Wages', encryption: null, attributeMapping: {} });
    assert.deepEqual(changed.body, { ...created.body, name: 'Wages', encryption: null, attributeMapping: {} });
    const listed = (await api.get('/api/applications?types=SAML')).body as { id: string; secret?: string }[];
    assert.ok(listed.some((one) => one.id === id && one.secret === undefined));
    const moved = await api.patch(`${path}/${id}`, { acsUrl: 'https://payroll.example.com/other' });
    assert.deepEqual(moved.body.acsUrl, { binding: post, url: 'https://payroll.example.com/other' });
    assert.equal((await api.delete(`${path}/${id}`)).status, 204);
    assertRefused(await api.get(`${path}/${id}`), 404, 'entity.not_exists_with_id');
    assert.equal((await fetch(`${server.url}${path}/${id}/metadata`)).status, 404);
  });

  it('have no application secret, no redirect URI of their own, and no second one with the same entity ID', async () => {
    const { id } = await create({ entityId: 'urn:one' });
    assertRefused(await api.post(`/api/applications/${id}/secrets`, { name: 'x' }), 422, 'application.invalid_type');
    const redirect = { oidcClientMetadata: { redirectUris: ['https://evil.example.com/'] } };
    assertRefused(await api.patch(`/api/applications/${id}`, redirect), 422, 'application.use_saml_app_api');
    assertRefused(
      await api.post('/api/applications', { name: 'x', type: 'SAML' }),
      422,
      'application.use_saml_app_api',
    );
    assertRefused(await api.post(path, { name: 'x', entityId: 'urn:one' }), 422, 'application.saml_entity_id_in_use');
    const { body: web } = await api.post('/api/applications', { name: 'Web', type: 'Traditional' });
    assertRefused(await api.get(`${path}/${web.id}`), 404, 'entity.not_exists_with_id');
    assertRefused(await api.delete(`${path}/${web.id}`), 404, 'entity.not_exists_with_id');
    assert.equal((await api.get(`/api/applications/${web.id}`)).status, 200);
  });

  // security: saml-reply-address
  it('accept only addresses, certificates and claims that can be used', async () => {
    const acs = (url: string, binding = post) => ({ acsUrl: { binding, url } });
    for (const wrong of [
      acs('javascript:alert(1)'),
      acs('https://user@example.com/'),
      acs('https://example.com/', 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect'),
      { requestCertificate: 'not a certificate' },
      { encryption: { encryptAssertion: true, encryptThenSign: false, certificate: 'not a certificate' } },
      { encryption: { encryptAssertion: true } },
      { attributeMapping: { password: 'secret' } },
      { nameIdFormat: 'urn:other' },
      { singleLogoutUrl: { binding: post, url: 'https://payroll.example.com/slo' } },
    ])
      assertRefused(await api.post(path, { name: 'x', ...wrong }), 400, 'guard.invalid_input');
  });

  it('sign with one of their certificates, and publish all that have not expired', async () => {
    const { id } = await create();
    const secrets = `${path}/${id}/secrets`;
    const [first] = (await api.get(secrets)).body;
    const certificate = new X509Certificate(first.certificate);
    assert.deepEqual([first.active, first.isExpiring], [true, false]);
    assert.equal(first.fingerprints.sha256.formatted, certificate.fingerprint256);
    assert.equal(certificate.validToDate.getUTCFullYear(), new Date().getUTCFullYear() + 3);
    assert.ok(!JSON.stringify(first).includes('PRIVATE'));

    const { body: second } = await api.post(secrets, { lifeSpanInYears: 1 });
    assert.equal(second.active, false);
    const published = async () =>
      readIdentityProviderMetadata(await (await fetch(`${server.url}${path}/${id}/metadata`)).text()).certificates;
    assert.deepEqual(
      await published(),
      [first, second].map((one) => one.certificate.trim()),
    );
    assert.equal((await api.patch(`${secrets}/${second.id}`, { active: true })).body.active, true);
    const active = async () => (await api.get(secrets)).body.filter((one: { active: boolean }) => one.active);
    assert.deepEqual(
      (await active()).map((one: { id: string }) => one.id),
      [second.id],
    );
    assert.deepEqual(
      await published(),
      [second, first].map((one) => one.certificate.trim()),
    );
    assertRefused(await api.delete(`${secrets}/${second.id}`), 400, 'application.saml_secret_active');
    assert.equal((await api.delete(`${secrets}/${first.id}`)).status, 204);
    assertRefused(await api.delete(`${secrets}/${first.id}`), 404, 'entity.not_exists_with_id');
  });

  it('warn of a certificate in its last 30 days, and do not activate an expired one', async () => {
    const { id } = await create();
    const secrets = `${path}/${id}/secrets`;
    const { body: short } = await api.post(secrets, { lifeSpanInYears: 1 });
    const day = 86_400_000;
    const shown = async () => (await api.get(secrets)).body.find((one: { id: string }) => one.id === short.id);
    try {
      clock.ahead = 330 * day;
      api = await manage(server);
      assert.equal((await shown()).isExpiring, false);
      clock.ahead = 337 * day;
      api = await manage(server);
      assert.equal((await shown()).isExpiring, true);
      clock.ahead = 367 * day;
      api = await manage(server);
      assertRefused(
        await api.patch(`${secrets}/${short.id}`, { active: true }),
        400,
        'application.saml_secret_expired',
      );
    } finally {
      clock.ahead = 0;
      api = await manage(server);
    }
  });

  it('activate exactly one certificate when several are activated at once', async () => {
    const { id } = await create();
    const secrets = `${path}/${id}/secrets`;
    const made = await Promise.all([1, 2, 3].map(() => api.post(secrets, { lifeSpanInYears: 1 })));
    await Promise.all(made.map(({ body }) => api.patch(`${secrets}/${body.id}`, { active: true })));
    const { body } = await api.get(secrets);
    assert.equal(body.filter((one: { active: boolean }) => one.active).length, 1);
  });

  // security: database-theft
  it('store private keys encrypted', async () => {
    const { id } = await create();
    const rows = await server.tenant.db.raw<{ private_key_sealed: string }>(
      'select * from saml_application_secrets where tenant_id = $1 and application_id = $2',
      ['default', id],
    );
    assert.equal(rows.length, 1);
    assert.throws(() => createPrivateKey(rows[0]?.private_key_sealed ?? ''));
  });
});

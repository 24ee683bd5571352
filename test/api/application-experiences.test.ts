import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createAgent } from '../support/agent.ts';
import { authorization } from '../support/authorization.ts';
import { assertRefused, type Manager, manage } from '../support/management.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('Branding of an application', () => {
  let server: TestServer;
  let api: Manager;
  before(async () => {
    server = await startServer();
    api = await manage(server);
    await api.patch('/api/sign-in-exp', {
      color: { primaryColor: '#112233', isDarkModeEnabled: true, darkPrimaryColor: '#445566' },
      branding: { logoUrl: 'https://img.test/tenant.png', favicon: 'https://img.test/tenant.ico' },
      termsOfUseUrl: 'https://tenant.example.com/terms',
    });
  });
  after(() => server.close());

  const redirectUri = 'https://app.example.com/callback';
  const create = async (isThirdParty: boolean) =>
    (
      await api.post('/api/applications', {
        name: 'Plain name',
        type: 'SPA',
        isThirdParty,
        oidcClientMetadata: { redirectUris: [redirectUri] },
      })
    ).body.id as string;
  const look = {
    displayName: 'Shown name',
    color: { primaryColor: '#abcdef' },
    branding: { logoUrl: 'https://img.test/app.png', darkLogoUrl: '' },
    termsOfUseUrl: 'https://app.example.com/terms',
  };
  const signInPage = async (clientId: string, extra: Record<string, string> = {}) => {
    const agent = createAgent();
    const begun = await agent.fetch(authorization({ endpoint: server.url, clientId, redirectUri, extra }).url);
    const page = await agent.fetch(`${server.url}${begun.headers.get('location')}`);
    return page.text();
  };

  it('uses the tenant’s branding for each setting that the application does not have', async () => {
    const id = await create(false);
    const path = `/api/applications/${id}/sign-in-experience`;
    assertRefused(await api.get(path), 404, 'entity.not_found');
    const set = await api.put(path, look);
    assert.equal(set.status, 201);
    assert.deepEqual(set.body, {
      tenantId: 'default',
      applicationId: id,
      ...look,
      customCss: null,
      privacyPolicyUrl: null,
    });
    const changed = await api.put(path, { displayName: 'Other name' });
    assert.equal(changed.status, 200);
    assert.deepEqual(changed.body, { ...set.body, displayName: 'Other name' });
    assert.deepEqual((await api.get(path)).body, changed.body);
    assertRefused(await api.put(path, { color: { primaryColor: 'red;}' } }), 400, 'guard.invalid_input');
    assertRefused(await api.put(path, { termsOfUseUrl: 'javascript:alert(1)' }), 400, 'guard.invalid_input');
    assertRefused(await api.put('/api/applications/none/sign-in-experience', look), 404, 'entity.not_exists_with_id');
    const { body: machine } = await api.post('/api/applications', { name: 'M', type: 'MachineToMachine' });
    assertRefused(
      await api.put(`/api/applications/${machine.id}/sign-in-experience`, look),
      422,
      'application.invalid_type',
    );
  });

  it('shows the branding of an application on its sign-in pages only', async () => {
    const [dressed, plain] = [await create(false), await create(false)];
    await api.put(`/api/applications/${dressed}/sign-in-experience`, look);
    const html = await signInPage(dressed);
    assert.match(html, /Shown name/);
    assert.match(html, /#abcdef/);
    assert.match(html, /https:\/\/img\.test\/app\.png/);
    assert.match(html, /https:\/\/img\.test\/tenant\.ico/, 'what the application leaves empty is the tenant’s');
    assert.doesNotMatch(html, /Plain name/);
    const other = await signInPage(plain);
    assert.match(other, /Plain name/);
    assert.doesNotMatch(other, /#abcdef|app\.png/);
  });

  it('returns the branding of an application to custom sign-in pages', async () => {
    const id = await create(false);
    await api.put(`/api/applications/${id}/sign-in-experience`, look);
    const own = (await api.get(`/api/.well-known/sign-in-exp?appId=${id}`)).body;
    assert.deepEqual(own.color, { primaryColor: '#abcdef', isDarkModeEnabled: true, darkPrimaryColor: '#445566' });
    assert.equal(own.branding.logoUrl, 'https://img.test/app.png');
    assert.equal(own.termsOfUseUrl, 'https://app.example.com/terms');
    for (const query of ['', '?appId=unknown'])
      assert.equal((await api.get(`/api/.well-known/sign-in-exp${query}`)).body.color.primaryColor, '#112233');
  });

  it('prefers the branding of the organization that users sign in to, on hosted and custom pages', async () => {
    const id = await create(false);
    await api.put(`/api/applications/${id}/sign-in-experience`, look);
    const { body: organization } = await api.post('/api/organizations', {
      name: 'Acme',
      color: { primaryColor: '#77aa77' },
      branding: { favicon: 'https://img.test/acme.ico' },
      customCss: 'main { color: green }',
    });
    const html = await signInPage(id, { organization_id: organization.id });
    assert.match(html, /#77aa77/);
    assert.match(html, /https:\/\/img\.test\/acme\.ico/);
    assert.match(html, /https:\/\/img\.test\/app\.png/, 'what the organization leaves empty is the application’s');
    const path = `/api/.well-known/experience?appId=${id}&organizationId=`;
    const shown = (await api.get(`${path}${organization.id}`)).body;
    assert.deepEqual(shown.color, { primaryColor: '#77aa77', isDarkModeEnabled: true, darkPrimaryColor: '#445566' });
    assert.equal(shown.branding.logoUrl, 'https://img.test/app.png');
    assert.equal(shown.customCss, 'main { color: green }');
    assert.equal((await api.get(`${path}unknown`)).body.color.primaryColor, '#abcdef');
  });

  it('shows a third party’s branding and terms on the consent page only, and the tenant’s on the sign-in page', async () => {
    const id = await create(true);
    await api.put(`/api/applications/${id}/sign-in-experience`, look);
    await api.post('/api/users', { username: 'ada', password: 'correct horse 1' });
    const agent = createAgent();
    await agent.fetch(authorization({ endpoint: server.url, clientId: id, redirectUri }).url);
    const experience = `${server.url}/api/experience`;
    await agent.json('PUT', experience, { interactionEvent: 'SignIn' });
    const proof = await agent.json('POST', `${experience}/verification/password`, {
      identifier: { type: 'username', value: 'ada' },
      password: 'correct horse 1',
    });
    await agent.json('POST', `${experience}/identification`, await proof.json());
    const submitted = (await (await agent.json('POST', `${experience}/submit`)).json()) as { redirectTo: string };
    await agent.fetch(submitted.redirectTo);
    const html = await (await agent.fetch(`${server.url}/consent?app_id=${id}`)).text();
    assert.match(html, /Shown name/);
    assert.match(html, /https:\/\/img\.test\/app\.png/);
    assert.match(html, /https:\/\/app\.example\.com\/terms/);
    assert.doesNotMatch(await signInPage(id), /app\.example\.com\/terms/);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeJwt } from 'jose';
import { createAgent, type Tokens } from '../support/agent.ts';
import { authorization } from '../support/authorization.ts';
import { managedServer } from '../support/managed-server.ts';
import { assertRefused, managementApi, managerWith, requestToken } from '../support/management.ts';

const phone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1';

describe('Grants of an application', () => {
  const suite = managedServer();
  const password = 'correct horse battery 1';
  const person = async (username: string, name: string) =>
    (await suite.api.post('/api/users', { username, password, name })).body.id as string;
  const signIn = async (username: string): Promise<Tokens> =>
    suite.app.redeem(await suite.app.signIn(username, password));
  const grants = async (query = '') => suite.api.get(`/api/applications/demo-app/grants${query}`);

  it('are empty before the first sign-in, and show it, with the user and the session, as soon as it happens', async () => {
    assert.deepEqual((await grants()).body, []);
    const userId = await person('ada', 'Ada Lovelace');
    const tokens = await signIn('ada');
    const { body, headers } = await grants('?page_size=1');
    assert.equal(headers.get('total-number'), '1');
    const [grant] = body;
    assert.deepEqual(grant.user, {
      id: userId,
      name: 'Ada Lovelace',
      username: 'ada',
      primaryEmail: null,
      avatar: null,
    });
    assert.equal(grant.session?.id, decodeJwt(tokens.id_token).sid);
    assert.match(grant.session?.ip ?? '', /^(127\.0\.0\.1|::1)$/);
    assert.ok(grant.scope.split(' ').includes('offline_access'));
    assert.ok(grant.expiresAt > grant.createdAt);
  });

  it('are listed newest first in pages, without those of other applications', async () => {
    await person('hopper', 'Grace Hopper');
    await signIn('hopper');
    const { body, headers } = await grants('?page=1&page_size=1');
    assert.equal(body[0].user.username, 'hopper');
    assert.equal(headers.get('total-number'), '2');
    assert.equal((await grants('?page=2&page_size=1')).body[0].user.username, 'ada');
    const other = { name: 'Other', type: 'SPA', oidcClientMetadata: { redirectUris: [], postLogoutRedirectUris: [] } };
    const { id } = (await suite.api.post('/api/applications', other)).body;
    assert.deepEqual((await suite.api.get(`/api/applications/${id}/grants`)).body, []);
    assertRefused(await suite.api.get('/api/applications/nothing/grants'), 404, 'entity.not_exists_with_id');
  });

  // security: partial-access
  it('name their users only to callers who may read users', async () => {
    await person('lamarr', 'Hedy Lamarr');
    await signIn('lamarr');
    const { id, secret } = (await suite.api.post('/api/applications', { name: 'M', type: 'MachineToMachine' })).body;
    await suite.api.patch(`/api/applications/${id}`, { isAdmin: true });
    const seenWith = async (scope: string) => {
      const { body } = await requestToken(suite.server.url, { id, secret }, managementApi, scope);
      const caller = managerWith(suite.server.url, body.access_token);
      return (await caller.get('/api/applications/demo-app/grants?page_size=1')).body[0];
    };
    const { id: userId } = (await suite.api.get('/api/users?search=lamarr')).body[0];
    const { user, session } = await seenWith('read:applications');
    assert.deepEqual(user, { id: userId });
    assert.deepEqual([session?.ip, session?.userAgent, session?.userAgentParsed], [null, null, undefined]);
    const whole = await seenWith('read:applications read:users');
    assert.equal(whole.user.name, 'Hedy Lamarr');
    assert.ok(whole.session?.ip);
  });

  it('outlive their session with offline_access, and end with their tokens when they are revoked', async () => {
    const userId = await person('kay', 'Alan Kay');
    const tokens = await signIn('kay');
    const { sid } = decodeJwt(tokens.id_token);
    await suite.api.delete(`/api/users/${userId}/sessions/${sid}`);
    const [grant] = (await grants()).body;
    assert.deepEqual([grant.user.username, grant.session], ['kay', null]);
    const { refresh_token: next } = await suite.app.refresh(tokens.refresh_token);
    const path = `/api/applications/demo-app/grants/${grant.id}`;
    assertRefused(await suite.api.delete(path.replace('demo-app', 'another')), 404, 'oidc.invalid_grant');
    assert.equal((await suite.api.delete(path)).status, 204);
    await assert.rejects(suite.app.refresh(next), /400/);
    assertRefused(await suite.api.delete(path), 404, 'oidc.invalid_grant');
    assert.ok(
      !(await grants()).body.some(({ user }: { user: { username: string | null } }) => user.username === 'kay'),
    );
  });

  it('and sessions of a user name the browser and device of the last sign-in', async () => {
    const userId = await person('engelbart', 'Doug Engelbart');
    const agent = createAgent();
    const headers = { 'user-agent': phone, origin: suite.server.url };
    let { url } = authorization({ endpoint: suite.server.url });
    const page = await agent.fetch(url, { headers });
    const { searchParams } = new URL(page.headers.get('location') ?? '', suite.server.url);
    const interaction = searchParams.get('interaction') ?? '';
    const body = new URLSearchParams({ app_id: 'demo-app', interaction, username: 'engelbart', password });
    let answer = await agent.fetch(`${suite.server.url}/sign-in`, { method: 'POST', headers, body });
    for (let turns = 0; turns < 4; turns++) {
      url = new URL(answer.headers.get('location') ?? assert.fail(), suite.server.url).href;
      if (url.includes('/demo-app?')) break;
      answer = await agent.fetch(url, { headers });
    }
    const [session] = (await suite.api.get(`/api/users/${userId}/sessions`)).body.sessions;
    const { os, device, browser } = session.userAgentParsed ?? {};
    assert.deepEqual(
      [session.userAgent, os?.name, device?.model, browser?.name],
      [phone, 'iOS', 'iPhone', 'Mobile Safari'],
    );
    assert.deepEqual((await grants('?page_size=1')).body[0].session?.userAgentParsed, session.userAgentParsed);
  });
});

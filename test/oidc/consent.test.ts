import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { decodeJwt } from 'jose';
import { type Agent, createAgent, pageOf } from '../support/agent.ts';
import { answerOf, createParty, type Extra, encode, finishSignIn, type Party, type Tokens } from './party.ts';
import { type Provider, startProvider } from './provider.ts';

const redirectUri = 'https://client.example.com/callback';
const indicator = 'https://api.example.com/';

describe('Consent', () => {
  let provider: Provider;
  let own: Party;
  let foreign: Party;
  let userId: string;
  let readId: string;
  before(async () => {
    provider = await startProvider({ isStill: true });
    const register = async (isThirdParty: boolean) => {
      const oidcClientMetadata = { redirectUris: [redirectUri] };
      const { id, secret = '' } = await provider.addClient({
        type: 'Traditional',
        name: 'Foreign app',
        isThirdParty,
        oidcClientMetadata,
      });
      return createParty(provider, { id, redirectUri, secret });
    };
    [own, foreign] = [await register(false), await register(true)];
    await allow({ userScopes: ['profile', 'email'] });
    userId = (await provider.addUser({ username: 'ada' })).id;
    await provider.tenant.db.transaction(async (tx) => {
      const { id } = await provider.resources.create(tx, { name: 'Library', indicator, accessTokenTtl: 600 });
      const scope = await provider.resources.createScope(tx, id, { name: 'read', description: 'Read its books' });
      const secret = await provider.resources.createScope(tx, id, { name: 'secret', description: null });
      readId = scope.id;
      const role = await provider.roles.create(tx, {
        name: 'reader',
        description: 'Reads',
        type: 'User',
        isDefault: false,
        scopeIds: [scope.id, secret.id],
      });
      await provider.roles.assign(tx, 'user', userId, [role.id]);
    });
    await allow({ resourceScopes: [readId] });
  });
  after(() => provider.close());

  /** Lets the foreign application ask for more. */
  const allow = (scopes: Parameters<Provider['consentScopes']['add']>[2]) =>
    provider.tenant.db.transaction((tx) => provider.consentScopes.add(tx, foreign.id, scopes));
  const disallow = (scopeType: 'user-scopes' | 'resource-scopes', scopeId: string) =>
    provider.tenant.db.transaction((tx) =>
      provider.consentScopes.remove(tx, { applicationId: foreign.id, scopeType, scopeId }),
    );

  /** Signs in to the foreign application as far as the consent page. */
  const reachConsent = async (agent: Agent, extra: Extra = {}) => {
    await foreign.authorize(agent, extra);
    const response = await agent.fetch(await finishSignIn(provider.url, agent, userId, foreign.id));
    assert.equal(pageOf(response), `/consent?app_id=${foreign.id}`);
    const page = await agent.fetch(`${provider.url}/consent?app_id=${foreign.id}`);
    assert.equal(page.status, 200);
    const html = await page.text();
    return { html, xsrf: /name="xsrf" value="([^"]*)"/.exec(html)?.[1] ?? '' };
  };
  const decide = (agent: Agent, fields: Extra) =>
    agent.fetch(`${provider.url}/consent`, {
      method: 'POST',
      body: encode({ app_id: foreign.id, decision: 'accept', ...fields }),
    });
  const follow = async (agent: Agent, response: Response) => {
    assert.equal(response.status, 303, await response.clone().text());
    return answerOf(await agent.fetch(`${provider.url}${response.headers.get('location')}`));
  };

  // security: third-parties
  it('limits claims requested by a third party to the scopes that the user consented to', async () => {
    const { id } = await provider.addUser({ username: 'eve', name: 'Eve', primaryEmail: 'eve@example.com' });
    const wishes = { email: null, name: null, roles: null };
    const claims = JSON.stringify({ userinfo: wishes, id_token: wishes });
    const agent = createAgent();
    await foreign.authorize(agent, { scope: 'openid profile', claims });
    await agent.fetch(await finishSignIn(provider.url, agent, id, foreign.id));
    const page = await (await agent.fetch(`${provider.url}/consent?app_id=${foreign.id}`)).text();
    const xsrf = /name="xsrf" value="([^"]*)"/.exec(page)?.[1] ?? '';
    const answer = await follow(agent, await decide(agent, { xsrf }));
    const tokens = (await (await foreign.redeem(answer.get('code') ?? '')).json()) as Tokens;
    const headers = { authorization: `Bearer ${tokens.access_token}` };
    const me = await (await fetch(`${provider.url}/oidc/me`, { headers })).json();
    for (const told of [decodeJwt(tokens.id_token), me]) {
      assert.equal(told.name, 'Eve');
      for (const name of ['email', 'roles']) assert.equal(name in told, false, name);
    }
  });

  it('does not ask for consent for first-party applications, also with prompt=consent', async () => {
    const answer = await own.signIn(createAgent(), userId);
    assert.ok(answer.get('code'));
  });

  it('asks for consent for a third-party application, lists its scopes, and continues after approval', async () => {
    const agent = createAgent();
    const { html, xsrf } = await reachConsent(agent, {
      scope: 'openid profile read offline_access',
      resource: indicator,
    });
    assert.match(html, /Foreign app/);
    assert.match(html, /Read its books/);
    assert.match(html, /Library/);
    const answer = await follow(agent, await decide(agent, { xsrf }));
    const tokens = (await (await foreign.redeem(answer.get('code') ?? '')).json()) as Record<string, string>;
    assert.equal(tokens.scope, 'openid profile offline_access');
    assert.ok(tokens.refresh_token);
  });

  it('shows the logo of the client’s metadata, unless the branding of the application has one', async () => {
    const { db } = provider.tenant;
    const logoUri = 'https://foreign.example.com/registered.png';
    await provider.applications.update(db, foreign.id, { oidcClientMetadata: { logoUri } });
    assert.match(
      (await reachConsent(createAgent())).html,
      /<img[^>]* src="https:\/\/foreign\.example\.com\/registered\.png"/,
    );
    const branding = { logoUrl: 'https://foreign.example.com/branded.png' };
    await provider.applicationExperiences.set(db, foreign.id, { branding });
    const { html } = await reachConsent(createAgent());
    assert.match(html, /branded\.png/);
    assert.doesNotMatch(html, /registered\.png/);
  });

  it('returns a denied consent to the application', async () => {
    const agent = createAgent();
    const { xsrf } = await reachConsent(agent);
    assert.equal((await follow(agent, await decide(agent, { xsrf, decision: 'deny' }))).get('error'), 'access_denied');
  });

  it('remembers a consent within the session until the application requests more or asks again', async () => {
    const agent = createAgent();
    const { xsrf } = await reachConsent(agent, { scope: 'openid profile' });
    await follow(agent, await decide(agent, { xsrf }));
    const silent = { prompt: 'none', scope: 'openid' };
    assert.ok(answerOf(await foreign.authorize(agent, silent)).get('code'));
    assert.equal(
      answerOf(await foreign.authorize(agent, { ...silent, scope: 'openid email' })).get('error'),
      'consent_required',
    );
    const again = await foreign.authorize(agent, { prompt: 'consent' });
    assert.equal(pageOf(again), `/consent?app_id=${foreign.id}`);
  });

  // security: foreign-forms
  it('rejects a consent from another site or browser, a second one, and one without a decision', async () => {
    const agent = createAgent();
    const { xsrf } = await reachConsent(agent);
    const other = createAgent();
    const { xsrf: foreignXsrf } = await reachConsent(other);
    assert.equal((await decide(agent, {})).status, 403);
    assert.equal((await decide(agent, { xsrf: foreignXsrf })).status, 403);
    assert.equal((await decide(createAgent(), { xsrf })).status, 400);
    assert.equal((await decide(agent, { xsrf, decision: 'perhaps' })).status, 400);
    assert.equal((await decide(agent, { xsrf })).status, 303);
    assert.equal((await decide(agent, { xsrf })).status, 400);
  });

  it('does not apply the consent of one user to another in the same browser', async () => {
    const agent = createAgent();
    const { xsrf } = await reachConsent(agent);
    const decided = await decide(agent, { xsrf });
    const grace = await provider.addUser({ username: 'grace' });
    await own.authorize(agent, { prompt: 'login' });
    await agent.fetch(await finishSignIn(provider.url, agent, grace.id, own.id));
    const resumed = await agent.fetch(`${provider.url}${decided.headers.get('location')}`);
    assert.equal(pageOf(resumed), `/consent?app_id=${foreign.id}`);
  });

  // security: third-parties
  it('neither shows nor grants scopes that the operator does not allow the application', async () => {
    const agent = createAgent();
    const wish = { scope: 'openid profile phone roles read secret offline_access', resource: indicator };
    const { html, xsrf } = await reachConsent(agent, wish);
    assert.match(html, /Read its books/);
    assert.doesNotMatch(html, /secret|phone|roles/i);
    const answer = await follow(agent, await decide(agent, { xsrf }));
    const tokens = (await (await foreign.redeem(answer.get('code') ?? '')).json()) as Tokens;
    assert.equal(tokens.scope, 'openid profile offline_access');
    const claims = decodeJwt(tokens.id_token);
    assert.deepEqual([claims.phone_number, claims.roles, claims.username], [undefined, undefined, 'ada']);
    // RFC 6749 section 3.3: what is left out is left out in `scope`, which every answer has.
    const refreshed = (await (
      await foreign.refresh(tokens.refresh_token ?? '', { resource: indicator })
    ).json()) as Tokens;
    assert.equal(refreshed.scope, 'read');
    // Section 6: what was never granted cannot be asked for by name.
    const refused = await foreign.refresh(refreshed.refresh_token ?? '', { resource: indicator, scope: 'read secret' });
    assert.equal(((await refused.json()) as { error: string }).error, 'invalid_scope');
  });

  // security: third-parties
  it('removes scopes from the next token once the operator removes them from the application', async () => {
    const agent = createAgent();
    const { xsrf } = await reachConsent(agent, { scope: 'openid email read offline_access', resource: indicator });
    const answer = await follow(agent, await decide(agent, { xsrf }));
    const tokens = (await (await foreign.redeem(answer.get('code') ?? '')).json()) as Tokens;
    await disallow('user-scopes', 'email');
    await disallow('resource-scopes', readId);
    const again = (await (await foreign.refresh(tokens.refresh_token ?? '')).json()) as Tokens;
    assert.equal(again.scope, 'openid offline_access');
    assert.equal(decodeJwt(again.id_token).email, undefined);
    const forResource = await foreign.refresh(again.refresh_token ?? '', { resource: indicator });
    assert.equal(((await forResource.json()) as Tokens).scope, '');
    await allow({ userScopes: ['email'], resourceScopes: [readId] });
  });

  it('lists a consent as a third-party grant, and ends it when the grant is revoked', async () => {
    const { id } = await provider.addUser({ username: 'joan' });
    const agent = createAgent();
    await foreign.authorize(agent);
    await agent.fetch(await finishSignIn(provider.url, agent, id, foreign.id));
    const html = await (await agent.fetch(`${provider.url}/consent?app_id=${foreign.id}`)).text();
    const xsrf = /name="xsrf" value="([^"]*)"/.exec(html)?.[1] ?? '';
    const answer = await follow(agent, await decide(agent, { xsrf }));
    const tokens = (await (await foreign.redeem(answer.get('code') ?? '')).json()) as Tokens;
    const { sessions } = provider.oidc;
    assert.deepEqual(await sessions.listGrants(provider.tenant, id, 'firstParty'), []);
    const [grant] = await sessions.listGrants(provider.tenant, id, 'thirdParty');
    assert.equal(grant?.application.name, 'Foreign app');
    const [session] = await sessions.list(provider.tenant, id);
    await sessions.end(provider.tenant, { userId: id, uid: session?.payload.uid ?? '', revoke: 'firstParty' });
    const again = (await (await foreign.refresh(tokens.refresh_token ?? '')).json()) as Tokens;
    await sessions.revokeGrant(provider.tenant, id, grant?.id ?? '');
    assert.equal((await foreign.refresh(again.refresh_token ?? '')).status, 400);
  });

  it('issues tokens to a third party without an extra SQL statement', async () => {
    const agent = createAgent();
    const { xsrf } = await reachConsent(agent, { scope: 'openid read offline_access', resource: indicator });
    const answer = await follow(agent, await decide(agent, { xsrf }));
    let tokens = (await (await foreign.redeem(answer.get('code') ?? '')).json()) as Tokens;
    tokens = (await (await foreign.refresh(tokens.refresh_token ?? '', { resource: indicator })).json()) as Tokens;
    const before = provider.database.statements.count;
    await foreign.refresh(tokens.refresh_token ?? '', { resource: indicator });
    assert.ok(provider.database.statements.count - before <= 4);
  });

  describe('Consent in organizations', () => {
    const scope = 'openid urn:logto:scope:organizations urn:logto:scope:organization_roles invite read offline_access';
    const resource = [indicator, 'urn:logto:resource:organizations'];
    before(async () => {
      const { db } = provider.tenant;
      for (const id of ['works', 'club']) {
        await db.raw('insert into organizations (tenant_id, id, name) values ($1, $2, upper($2))', [db.tenantId, id]);
        await db.raw('insert into organization_users (tenant_id, organization_id, user_id) values ($1, $2, $3)', [
          db.tenantId,
          id,
          userId,
        ]);
      }
      for (const name of ['invite', 'expel'])
        await db.raw('insert into organization_scopes (tenant_id, id, name) values ($1, $2, $2)', [db.tenantId, name]);
      await db.raw('insert into organization_roles (tenant_id, id, name) values ($1, $2, $2)', [db.tenantId, 'head']);
      await db.raw(
        `insert into organization_role_scopes (tenant_id, organization_role_id, organization_scope_id)
         select $1, 'head', unnest(array['invite', 'expel'])`,
        [db.tenantId],
      );
      await db.raw(
        `insert into organization_user_roles (tenant_id, organization_id, user_id, organization_role_id)
         values ($1, 'works', $2, 'head')`,
        [db.tenantId, userId],
      );
      await allow({
        userScopes: ['urn:logto:scope:organizations', 'urn:logto:scope:organization_roles'],
        organizationScopes: ['invite'],
      });
    });

    const enter = async (fields: Extra) => {
      const agent = createAgent();
      const { html, xsrf } = await reachConsent(agent, { scope: `${scope} expel`, resource });
      const answer = await follow(agent, await decide(agent, { xsrf, ...fields }));
      const tokens = (await (await foreign.redeem(answer.get('code') ?? '')).json()) as Tokens;
      return { html, tokens, refreshToken: tokens.refresh_token ?? '' };
    };

    // security: third-parties
    it('grants access to the organizations that the user selects, within what the operator allows', async () => {
      const { html, refreshToken } = await enter({ 'organization.works': 'yes' });
      assert.match(html, /name="organization\.works"/);
      assert.match(html, /CLUB/);
      assert.match(html, /<span>invite<\/span><small>In the organizations you select<\/small>/);
      assert.doesNotMatch(html, /expel/);
      const other = await foreign.refresh(refreshToken, { organization_id: 'club' });
      assert.equal(other.status, 403, await other.clone().text());
      const before = provider.database.statements.count;
      const chosen = await foreign.refresh(refreshToken, { organization_id: 'works' });
      assert.ok(provider.database.statements.count - before <= 4);
      const body = (await chosen.json()) as Tokens;
      assert.equal(body.scope, 'invite');
      assert.equal(decodeJwt(body.access_token).aud, 'urn:logto:organization:works');
    });

    /** The organizations in the ID token and in userinfo. */
    const told = async ({ id_token, access_token }: Tokens) => {
      const me = await fetch(`${provider.url}/oidc/me`, { headers: { authorization: `Bearer ${access_token}` } });
      const all = [decodeJwt(id_token), (await me.json()) as Record<string, unknown>];
      return all.map(({ organizations, organization_roles: roles }) => [organizations, roles]);
    };

    // security: third-parties
    it('limits claims in the ID token and at userinfo to the selected organizations', async () => {
      const works = [['works'], ['works:head']];
      const { tokens } = await enter({ 'organization.works': 'yes' });
      assert.deepEqual(await told(tokens), [works, works]);
      const both = [['club', 'works'], ['works:head']];
      const more = await enter({ 'organization.works': 'yes', 'organization.club': 'yes' });
      assert.deepEqual(await told(more.tokens), [both, both]);
      const refreshed = (await (await foreign.refresh(more.refreshToken)).json()) as Tokens;
      assert.deepEqual(await told(refreshed), [both, both]);
    });

    // security: third-parties
    it('replaces the consent for organizations with the last selection, which withdraws unselected ones', async () => {
      const { refreshToken } = await enter({ 'organization.works': 'yes', 'organization.club': 'yes' });
      const { tokens } = await enter({ 'organization.club': 'yes' });
      const club = [['club'], []];
      assert.deepEqual(await told(tokens), [club, club]);
      const refused = await foreign.refresh(refreshToken, { organization_id: 'works' });
      assert.equal(`${refused.status} ${((await refused.json()) as { error: string }).error}`, '403 access_denied');
      const none = await enter({});
      assert.deepEqual(await told(none.tokens), [
        [[], []],
        [[], []],
      ]);
    });

    it('keeps the consent for organizations if the application does not request any', async () => {
      await enter({ 'organization.works': 'yes' });
      const agent = createAgent();
      const { html, xsrf } = await reachConsent(agent, { scope: 'openid profile' });
      assert.doesNotMatch(html, /WORKS/);
      await follow(agent, await decide(agent, { xsrf, 'organization.club': 'yes' }));
      const chosen = await provider.consentOrganizations.list(provider.tenant.db, {
        applicationId: foreign.id,
        userId,
      });
      assert.deepEqual(
        chosen.map(({ id }) => id),
        ['works'],
      );
    });

    // security: third-parties
    it('rejects an organization token at once after the consent or the grant is withdrawn', async () => {
      const { refreshToken } = await enter({ 'organization.works': 'yes' });
      const place = { applicationId: foreign.id, userId };
      await provider.consentOrganizations.remove(provider.tenant.db, place, 'works');
      const asked = { organization_id: 'works' };
      const outside = await foreign.refresh(refreshToken, { ...asked, resource: indicator });
      assert.equal(`${outside.status} ${((await outside.json()) as { error: string }).error}`, '403 access_denied');
      const grants = await provider.oidc.sessions.listGrants(provider.tenant, userId, 'thirdParty');
      for (const { id } of grants) await provider.oidc.sessions.revokeGrant(provider.tenant, userId, id);
      const revoked = await foreign.refresh(refreshToken, asked);
      assert.equal(`${revoked.status} ${((await revoked.json()) as { error: string }).error}`, '400 invalid_grant');
    });

    it('ends a consent for an organization when it is withdrawn and when the user leaves the organization', async () => {
      const place = { applicationId: foreign.id, userId };
      const { refreshToken } = await enter({ 'organization.works': 'yes' });
      await provider.consentOrganizations.remove(provider.tenant.db, place, 'works');
      assert.equal((await foreign.refresh(refreshToken, { organization_id: 'works' })).status, 403);
      await provider.tenant.db.transaction((tx) => provider.consentOrganizations.add(tx, place, ['club']));
      const { db } = provider.tenant;
      await db.raw("delete from organization_users where tenant_id = $1 and organization_id = 'club'", [db.tenantId]);
      assert.deepEqual(await provider.consentOrganizations.list(db, place), []);
    });

    it('rejects consent for organizations that the user is not a member of', async () => {
      const agent = createAgent();
      const { xsrf } = await reachConsent(agent, { scope, resource });
      assert.equal((await decide(agent, { xsrf, 'organization.nowhere': 'yes' })).status, 422);
    });
  });
});

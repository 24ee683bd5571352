import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { decodeJwt } from 'jose';
import { type Agent, createAgent } from '../support/agent.ts';
import { answerOf, createParty, type Extra, encode, finishSignIn, type Party, type Tokens } from './party.ts';
import { type Provider, startProvider } from './provider.ts';

const redirectUri = 'https://client.example.com/callback';
const books = 'https://books.example.com/';
const music = 'https://music.example.com/';
const organizationsScope = 'urn:logto:scope:organizations';
const organizationsResource = 'urn:logto:resource:organizations';

describe('Consent for a third-party application', () => {
  let provider: Provider;
  let foreign: Party;
  let userId: string;
  const ids = {
    books: '',
    music: '',
    readBooks: '',
    writeBooks: '',
    readMusic: '',
    invite: '',
    member: '',
    reader: '',
  };
  const roles: Record<string, string> = {};
  before(async () => {
    provider = await startProvider();
    const client = await provider.addClient({
      type: 'Traditional',
      isThirdParty: true,
      oidcClientMetadata: { redirectUris: [redirectUri] },
    });
    foreign = createParty(provider, { id: client.id, redirectUri, secret: client.secret ?? '' });
    await provider.tenant.db.transaction(async (tx) => {
      const api = async (name: string, indicator: string) =>
        (await provider.resources.create(tx, { name, indicator, accessTokenTtl: 600 })).id;
      const scope = async (resourceId: string, name: string) =>
        (await provider.resources.createScope(tx, resourceId, { name, description: null })).id;
      ids.books = await api('Books', books);
      ids.music = await api('Music', music);
      ids.readBooks = await scope(ids.books, 'read');
      ids.writeBooks = await scope(ids.books, 'write');
      ids.readMusic = await scope(ids.music, 'read');
      for (const [name, id] of Object.entries({ books: ids.readBooks, write: ids.writeBooks, music: ids.readMusic })) {
        const draft = { name, description: name, type: 'User', isDefault: false, scopeIds: [id] } as const;
        roles[name] = (await provider.roles.create(tx, { ...draft, scopeIds: [id] })).id;
      }
      ids.invite = (await provider.organizationRoles.createScope(tx, { name: 'invite' })).id;
      const member = { name: 'Member', type: 'User', organizationScopeIds: [ids.invite] } as const;
      ids.member = (
        await provider.organizationRoles.create(tx, {
          ...member,
          organizationScopeIds: [ids.invite],
          resourceScopeIds: [ids.writeBooks],
        })
      ).id;
      // Its permissions have the name of the APIs' own.
      const readHere = (await provider.organizationRoles.createScope(tx, { name: 'read' })).id;
      const reader = { name: 'Reader', type: 'User', organizationScopeIds: [readHere] } as const;
      ids.reader = (
        await provider.organizationRoles.create(tx, {
          ...reader,
          organizationScopeIds: [readHere],
          resourceScopeIds: [ids.readBooks],
        })
      ).id;
      await provider.consentScopes.add(tx, client.id, {
        userScopes: ['profile', 'email', organizationsScope],
        resourceScopes: [ids.readBooks, ids.writeBooks, ids.readMusic],
        organizationScopes: [ids.invite, readHere],
        organizationResourceScopes: [ids.writeBooks, ids.readBooks],
      });
    });
  });
  after(() => provider.close());

  const newUser = async (...names: string[]) => {
    userId = (await provider.addUser()).id;
    for (const name of names) await give(name);
  };
  const give = (name: string) =>
    provider.tenant.db.transaction((tx) => provider.roles.assign(tx, 'user', userId, [roles[name] ?? '']));
  const plain: Extra = { prompt: null };
  /** Signs in if need be, and returns the consent page, or undefined when there was no question. */
  const ask = async (agent: Agent, extra: Extra) => {
    let response = await foreign.authorize(agent, { ...plain, ...extra });
    if (response.headers.get('location')?.startsWith('/sign-in'))
      response = await agent.fetch(await finishSignIn(provider.url, agent, userId, foreign.id));
    const location = response.headers.get('location') ?? '';
    if (!location.startsWith('/consent')) return { answer: answerOf(response) };
    const html = await (await agent.fetch(`${provider.url}${location}`)).text();
    return { html, xsrf: /name="xsrf" value="([^"]*)"/.exec(html)?.[1] ?? '' };
  };
  const accept = async (agent: Agent, xsrf: string, extra: Extra = {}) => {
    const decided = await agent.fetch(`${provider.url}/consent`, {
      method: 'POST',
      body: encode({ app_id: foreign.id, decision: 'accept', xsrf, ...extra }),
    });
    assert.equal(decided.status, 303, await decided.clone().text());
    return answerOf(await agent.fetch(`${provider.url}${decided.headers.get('location')}`));
  };
  const redeem = async (answer: URLSearchParams) => {
    const response = await foreign.redeem(answer.get('code') ?? '');
    assert.equal(response.status, 200, await response.clone().text());
    return (await response.json()) as Tokens;
  };
  const agreeTo = async (agent: Agent, asked: Extra, extra: Extra = {}) => {
    const { xsrf, html } = await ask(agent, asked);
    assert.ok(html, 'the user was not asked');
    return redeem(await accept(agent, xsrf ?? '', extra));
  };
  const scopeFor = async (tokens: Tokens, extra: Extra) => {
    const response = await foreign.refresh(tokens.refresh_token ?? '', extra);
    const body = (await response.json()) as Tokens & { error?: string };
    if (body.refresh_token) tokens.refresh_token = body.refresh_token;
    return body.error ?? decodeJwt(body.access_token).scope;
  };

  // security: third-parties
  it('does not extend a consent to a permission that the user receives later', async () => {
    await newUser();
    const agent = createAgent();
    const asked = { scope: 'openid offline_access read', resource: books };
    const { html = '', xsrf = '' } = await ask(agent, asked);
    assert.doesNotMatch(html, /Books/);
    const tokens = await redeem(await accept(agent, xsrf));
    assert.equal(await scopeFor(tokens, { resource: books }), '');
    await give('books');
    assert.equal(await scopeFor(tokens, { resource: books }), '');
    const silent = answerOf(await foreign.authorize(agent, { ...asked, prompt: 'none' }));
    assert.equal(silent.get('error'), 'consent_required');
    const again = await agreeTo(agent, asked);
    assert.equal(await scopeFor(again, { resource: books }), 'read');
  });

  // security: third-parties
  it('does not extend a consent to a permission that the user receives while the consent page is open', async () => {
    await newUser();
    const agent = createAgent();
    const { xsrf = '' } = await ask(agent, { scope: 'openid offline_access read', resource: books });
    await give('books');
    const tokens = await redeem(await accept(agent, xsrf));
    assert.equal(await scopeFor(tokens, { resource: books }), '');
  });

  // security: third-parties
  it('does not apply a consent for one API to a permission of the same name on another API', async () => {
    await newUser('books', 'music');
    const agent = createAgent();
    const first = await agreeTo(agent, { scope: 'openid offline_access read', resource: books });
    assert.equal(await scopeFor(first, { resource: books }), 'read');
    await agreeTo(agent, { scope: 'openid', resource: music });
    const { html } = await ask(agent, { scope: 'openid offline_access read', resource: music });
    assert.match(html ?? '', /Music/);
    assert.equal(await scopeFor(first, { resource: music }), 'invalid_target');
    // In one request, too: the user has `write` on one, `read` on both.
    const both = await agreeTo(agent, { scope: 'openid offline_access read write', resource: [books, music] });
    await give('write');
    assert.equal(await scopeFor(both, { resource: books }), 'read');
    assert.equal(await scopeFor(both, { resource: music }), 'read');
  });

  it('does not add a permission of one API to a consent because another API in the same request shows the same name', async () => {
    await newUser('books');
    const agent = createAgent();
    const asked = { scope: 'openid offline_access read', resource: [books, music] };
    const tokens = await agreeTo(agent, asked);
    await give('music');
    assert.equal(await scopeFor(tokens, { resource: books }), 'read');
    assert.equal(await scopeFor(tokens, { resource: music }), '');
    const again = await agreeTo(agent, asked);
    assert.equal(await scopeFor(again, { resource: music }), 'read');
  });

  // security: third-parties
  it('includes offline access in a consent only if the application asked for it', async () => {
    await newUser();
    const agent = createAgent();
    const { refresh_token: none } = await agreeTo(agent, { scope: 'openid profile' });
    assert.equal(none, undefined);
    const silent = { scope: 'openid profile offline_access', prompt: 'none' };
    assert.equal(answerOf(await foreign.authorize(agent, silent)).get('error'), 'consent_required');
    assert.ok((await agreeTo(agent, { scope: 'openid profile offline_access' })).refresh_token);
    const { answer } = await ask(agent, { scope: 'openid profile offline_access' });
    assert.ok((await redeem(answer as URLSearchParams)).refresh_token);
  });

  it('treats a grant without a recorded consent as an empty consent', async () => {
    await newUser('books');
    const agent = createAgent();
    const tokens = await agreeTo(agent, { scope: 'openid profile offline_access read', resource: books });
    await provider.database.system.raw('update grants set consent = null where user_id = $1', [userId]);
    assert.equal(await scopeFor(tokens, { resource: books }), '');
    const plainToken = (await (await foreign.refresh(tokens.refresh_token ?? '')).json()) as Tokens;
    assert.equal(plainToken.scope, 'openid');
    assert.equal(decodeJwt(plainToken.id_token).username, undefined);
  });

  describe('Consent in organizations', () => {
    const scope = `openid offline_access ${organizationsScope} invite write`;
    const asked = { scope, resource: [books, organizationsResource] };
    const join = async (roleIds: string[]) => {
      const { db } = provider.tenant;
      const { id } = await provider.organizations.create(db, { name: 'Works' });
      await provider.organizations.addMembers(db, 'user', id, [userId]);
      const member = { kind: 'user', organizationId: id, ids: [userId] } as const;
      if (roleIds.length > 0) await provider.organizations.addRoles(db, member, roleIds);
      return id;
    };

    it('records permissions that organizations give on an API in a consent', async () => {
      await newUser();
      const id = await join([ids.member]);
      const agent = createAgent();
      const { html = '', xsrf = '' } = await ask(agent, asked);
      assert.match(html, /<span>invite<\/span>/);
      assert.match(html, /<span>write<\/span><small>Books: /);
      const tokens = await redeem(await accept(agent, xsrf, { [`organization.${id}`]: 'yes' }));
      assert.equal(await scopeFor(tokens, { organization_id: id }), 'invite');
      assert.equal(await scopeFor(tokens, { organization_id: id, resource: books }), 'write');
      assert.equal(await scopeFor(tokens, { resource: books }), '');
    });

    // security: third-parties
    it('does not extend a consent when the user’s roles in an organization gain permissions', async () => {
      await newUser();
      const id = await join([]);
      const agent = createAgent();
      const tokens = await agreeTo(agent, asked, { [`organization.${id}`]: 'yes' });
      const member = { kind: 'user', organizationId: id, ids: [userId] } as const;
      await provider.organizations.addRoles(provider.tenant.db, member, [ids.member]);
      assert.equal(await scopeFor(tokens, { organization_id: id }), '');
      assert.equal(await scopeFor(tokens, { organization_id: id, resource: books }), '');
      const again = await agreeTo(agent, asked, { [`organization.${id}`]: 'yes' });
      assert.equal(await scopeFor(again, { organization_id: id }), 'invite');
    });

    it('does not extend a consent in organizations by a permission of the same name that was shown for an API', async () => {
      await newUser('books');
      const id = await join([]);
      const agent = createAgent();
      const reading = { ...asked, scope: `openid offline_access ${organizationsScope} read` };
      const tokens = await agreeTo(agent, reading, { [`organization.${id}`]: 'yes' });
      const member = { kind: 'user', organizationId: id, ids: [userId] } as const;
      await provider.organizations.addRoles(provider.tenant.db, member, [ids.reader]);
      assert.equal(await scopeFor(tokens, { resource: books }), 'read');
      assert.equal(await scopeFor(tokens, { organization_id: id }), '');
      assert.equal(await scopeFor(tokens, { organization_id: id, resource: books }), '');
      const again = await agreeTo(agent, reading, { [`organization.${id}`]: 'yes' });
      assert.equal(await scopeFor(again, { organization_id: id }), 'read');
      assert.equal(await scopeFor(again, { organization_id: id, resource: books }), 'read');
    });
  });
});

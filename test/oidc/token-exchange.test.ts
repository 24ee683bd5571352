import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { hashToken } from '../../server/src/kernel/crypto.ts';
import { opaqueToken, standardId } from '../../server/src/kernel/ids.ts';
import type { Keys } from '../../server/src/oidc/keys.ts';
import { insertAccessToken } from '../../server/src/oidc/store/access-tokens.ts';
import { race } from '../support/race.ts';
import { createParty, type Extra, failureOf, type Party } from './party.ts';
import { type Provider, startProvider } from './provider.ts';

const redirectUri = 'https://client.example.com/callback';
const indicator = 'https://api.example.com/';
const types = {
  access: 'urn:ietf:params:oauth:token-type:access_token',
  id: 'urn:ietf:params:oauth:token-type:id_token',
  impersonation: 'urn:logto:token-type:impersonation_token',
  personal: 'urn:logto:token-type:personal_access_token',
};

interface Granted {
  access_token: string;
  expires_in: number;
  scope: string;
  token_type: string;
}

describe('Token exchange', () => {
  let provider: Provider;
  /** May exchange. */
  let exchanger: Party;
  /** The operator's own, and a third party; neither may exchange. */
  let own: Party;
  let foreign: Party;
  let userId: string;
  before(async () => {
    provider = await startProvider({ isStill: true });
    const register = async (custom: { allowTokenExchange?: boolean }, isThirdParty = false) => {
      const { id, secret = '' } = await provider.addClient({
        type: 'Traditional',
        isThirdParty,
        oidcClientMetadata: { redirectUris: [redirectUri] },
        customClientMetadata: custom,
      });
      return createParty(provider, { id, redirectUri, secret });
    };
    exchanger = await register({ allowTokenExchange: true });
    own = await register({});
    foreign = await register({ allowTokenExchange: true }, true);
    userId = (await provider.addUser({ username: 'ada', primaryEmail: 'ada@example.com' })).id;
    await provider.tenant.db.transaction(async (tx) => {
      const { id } = await provider.resources.create(tx, { name: 'Library', indicator, accessTokenTtl: 600 });
      const scopeIds = [];
      for (const name of ['read', 'write'])
        scopeIds.push((await provider.resources.createScope(tx, id, { name, description: null })).id);
      const role = await provider.roles.create(tx, {
        name: 'reader',
        description: 'Reads',
        type: 'User',
        isDefault: false,
        scopeIds: scopeIds.slice(0, 1),
      });
      await provider.roles.assign(tx, 'user', userId, [role.id]);
    });
  });
  after(() => provider.close());

  const subjectToken = async (id = userId) =>
    (await provider.subjectTokens.create(provider.tenant.db, { userId: id })).subjectToken;
  const personalToken = async (name: string, expiresAt?: number) =>
    (await provider.personalAccessTokens.create(provider.tenant.db, userId, { name, expiresAt })).value;
  /** What a third party holds after consent, without the pages in between; or an application with another id. */
  const foreignToken = async (clientId = foreign.id) => {
    const token = opaqueToken();
    const now = provider.clock.now();
    const { db } = provider.tenant;
    const grantId = standardId();
    await db.raw(
      `insert into grants (tenant_id, id, user_id, application_id, scope, expires_at) values ($1, $2, $3, $4, 'openid', $5)`,
      [db.tenantId, grantId, userId, clientId, new Date(now + 60_000)],
    );
    await insertAccessToken(
      db,
      {
        tokenHash: hashToken(token),
        userId,
        clientId,
        scope: 'openid',
        sessionUid: null,
        expiresAt: new Date(now + 60_000),
      },
      new Date(now),
      { kind: 'grant', id: grantId },
    );
    return token;
  };
  const exchange = (token: string, type: string, extra: Extra = {}, party = exchanger) =>
    party.token({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: token,
      subject_token_type: type,
      ...extra,
    });
  const granted = async (response: Response): Promise<Granted> => {
    assert.equal(response.status, 200, await response.clone().text());
    return (await response.json()) as Granted;
  };
  const refused = async (response: Response, reason: RegExp) => {
    const { status, error, description } = await failureOf(response);
    assert.equal(`${status} ${error}`, '400 invalid_grant', description);
    assert.match(description, reason);
  };

  it('issues a token for a resource with exactly the user’s permissions', async () => {
    const body = await granted(
      await exchange(await subjectToken(), types.impersonation, { resource: indicator, scope: 'read write' }),
    );
    assert.deepEqual(Object.keys(body).sort(), ['access_token', 'expires_in', 'scope', 'token_type']);
    // Limited by the lifetime of the resource and by the impersonation token, which is a moment old.
    assert.ok(body.expires_in > 590 && body.expires_in <= 600);
    assert.equal(body.scope, 'read');
    const claims = decodeJwt(body.access_token);
    assert.deepEqual([claims.sub, claims.aud, claims.scope], [userId, indicator, 'read']);
    assert.equal(claims.client_id, exchanger.id);
    assert.equal(claims.act, undefined);
    assert.equal(decodeProtectedHeader(body.access_token).typ, 'at+jwt');
  });

  it('issues a token for userinfo if no resource is requested', async () => {
    const body = await granted(
      await exchange(await personalToken('userinfo'), types.personal, { scope: 'openid email offline_access' }),
    );
    assert.equal(body.scope, 'openid email');
    const me = await fetch(`${provider.url}/oidc/me`, { headers: { authorization: `Bearer ${body.access_token}` } });
    assert.deepEqual(await me.json(), { sub: userId, email: 'ada@example.com', email_verified: true });
  });

  // security: third-parties
  it('allows token exchange only to applications that the operator permits, and never to third parties', async () => {
    for (const party of [own, foreign]) {
      const failure = await failureOf(await exchange(await subjectToken(), types.impersonation, {}, party));
      assert.equal(`${failure.status} ${failure.error}`, '400 unauthorized_client');
    }
  });

  describe('Impersonation tokens', () => {
    // security: single-use, token-exchange
    it('accepts an impersonation token once, also in concurrent requests', async () => {
      const token = await subjectToken();
      const uses = Array.from({ length: 4 }, () => () => exchange(token, types.impersonation));
      const answers = await race(provider.database, 'subject_tokens', uses);
      assert.equal(answers.filter(({ status }) => status === 200).length, 1);
      await refused(await exchange(token, types.impersonation), /already consumed/);
    });

    it('does not consume an impersonation token in a rejected request', async () => {
      const token = await subjectToken();
      const failure = await failureOf(
        await exchange(token, types.impersonation, { resource: 'https://unknown.example.com/' }),
      );
      assert.equal(failure.error, 'invalid_target');
      await granted(await exchange(token, types.impersonation));
    });

    it('expires an impersonation token after ten minutes', async () => {
      const token = await subjectToken();
      provider.clock.advance(600_000);
      await refused(await exchange(token, types.impersonation), /expired/);
    });

    it('accepts an impersonation token with the type of an access token, as older applications send it', async () => {
      const token = await subjectToken();
      await granted(await exchange(token, types.access));
      await refused(await exchange(token, types.access), /already consumed/);
    });
  });

  describe('Personal access tokens as subject tokens', () => {
    it('accepts a personal access token repeatedly until it expires or is deleted', async () => {
      const token = await personalToken('often', provider.clock.now() + 60_000);
      await granted(await exchange(token, types.personal));
      await granted(await exchange(token, types.personal));
      provider.clock.advance(60_000);
      await refused(await exchange(token, types.personal), /expired/);

      const other = await personalToken('short');
      await provider.personalAccessTokens.remove(provider.tenant.db, { userId, name: 'short' });
      await refused(await exchange(other, types.personal), /not found/);
    });

    it('rejects a personal access token as an access token', async () => {
      const authorization = `Bearer ${await personalToken('bare')}`;
      assert.equal((await fetch(`${provider.url}/oidc/me`, { headers: { authorization } })).status, 401);
      assert.equal((await fetch(`${provider.url}/test/guarded`, { headers: { authorization } })).status, 401);
    });
  });

  describe('Access tokens as subject tokens', () => {
    it('accepts an access token from a first-party application, opaque or JWT', async () => {
      const opaque = (await own.tokens(userId)).access_token;
      const jwt = (await granted(await exchange(opaque, types.access, { resource: indicator, scope: 'read' })))
        .access_token;
      const again = await granted(await exchange(jwt, types.access, { scope: 'openid' }));
      assert.equal(again.scope, 'openid');
    });

    it('accepts an access token of a built-in application, and rejects one of a deleted application', async () => {
      await granted(await exchange(await foreignToken('demo-app'), types.access));
      await refused(await exchange(await foreignToken('deleted'), types.access), /subject token not found/);
    });

    // security: token-exchange
    it('rejects an access token of a third party, opaque or JWT', async () => {
      await refused(await exchange(await foreignToken(), types.access), /first-party/);
      const lent = await provider.addClient({ type: 'SPA', oidcClientMetadata: { redirectUris: [redirectUri] } });
      const party = createParty(provider, { id: lent.id, redirectUri });
      const tokens = await party.tokens(userId, { resource: indicator });
      const jwt = ((await (await party.refresh(tokens.refresh_token ?? '', { resource: indicator })).json()) as Granted)
        .access_token;
      await granted(await exchange(jwt, types.access));
      const { db } = provider.tenant;
      await db.raw('update applications set is_third_party = true where tenant_id = $1 and id = $2', [
        db.tenantId,
        lent.id,
      ]);
      await db.transaction((tx) => provider.applications.update(tx, lent.id, { name: 'Given away' }));
      await refused(await exchange(jwt, types.access), /first-party/);
    });

    // security: token-exchange
    it('ends an access token and the tokens exchanged from it when the user is suspended', async () => {
      const { id } = await provider.addUser({ username: 'suspended' });
      const opaque = (await own.tokens(id)).access_token;
      const made = (await granted(await exchange(opaque, types.access, { scope: 'openid' }))).access_token;
      const jwt = (await granted(await exchange(opaque, types.access, { resource: indicator }))).access_token;
      const subject = await subjectToken(id);
      await provider.tenant.db.transaction((tx) => provider.users.update(tx, id, { isSuspended: true }));
      await refused(await exchange(opaque, types.access), /not found/);
      await refused(await exchange(jwt, types.access), /not found/);
      await refused(await exchange(subject, types.impersonation), /not found/);
      const authorization = `Bearer ${made}`;
      assert.equal((await fetch(`${provider.url}/oidc/me`, { headers: { authorization } })).status, 401);
      await provider.tenant.db.transaction((tx) => provider.users.update(tx, id, { isSuspended: false }));
      assert.equal((await fetch(`${provider.url}/oidc/me`, { headers: { authorization } })).status, 401);
    });
  });

  // Not suspended by the service, which ends the tokens: issuance has a check of its own.
  // security: token-exchange, suspension
  it('gives no tokens for a suspended user whose tokens have not ended', async () => {
    const { id } = await provider.addUser({ username: 'still_there' });
    const opaque = (await own.tokens(id)).access_token;
    const jwt = (await granted(await exchange(opaque, types.access, { resource: indicator }))).access_token;
    const subject = await subjectToken(id);
    const { db } = provider.tenant;
    await db.raw('update users set is_suspended = true where tenant_id = $1 and id = $2', [db.tenantId, id]);
    for (const token of [opaque, jwt]) await refused(await exchange(token, types.access), /not found/);
    await refused(await exchange(subject, types.impersonation), /not found/);
  });

  // security: token-exchange
  describe('Subject tokens of the wrong kind', () => {
    // security: token-exchange
    it('rejects an ID token as a subject token', async () => {
      const { id_token } = await own.tokens(userId);
      await refused(await exchange(id_token, types.access), /not found/);
      await refused(await exchange(id_token, types.id), /unsupported subject token type/);
      await refused(await exchange(id_token, types.impersonation), /not found/);
      await refused(await exchange(id_token, types.personal), /not found/);
      // Nor is another JWT that says everything that an access token says.
      const { jti } = decodeJwt(
        (await granted(await exchange((await own.tokens(userId)).access_token, types.access, { resource: indicator })))
          .access_token,
      );
      const claims = {
        jti,
        sub: userId,
        client_id: own.id,
        aud: indicator,
        exp: Math.floor(provider.clock.now() / 1000) + 60,
      };
      // What is shown of the keys cannot sign.
      const keys = provider.oidc.keys as unknown as Pick<Keys, 'sign'>;
      const sign = (type?: string) => keys.sign(provider.tenant, claims, type ? { type } : {});
      for (const type of [undefined, 'JWT', 'logout+jwt'])
        await refused(await exchange(await sign(type), types.access), /not found/);
      await granted(await exchange(await sign('at+jwt'), types.access));
    });

    // security: token-exchange
    it('rejects refresh tokens, codes and truncated tokens as subject tokens', async () => {
      const tokens = await own.tokens(userId);
      await refused(await exchange(tokens.refresh_token ?? '', types.access), /not found/);
      await refused(await exchange(tokens.access_token.slice(0, -1), types.access), /not found/);
      const personal = await personalToken('whole');
      await refused(await exchange(personal.slice(0, -1), types.personal), /not found/);
      await refused(await exchange(personal, types.impersonation), /not found/);
      await refused(await exchange(personal, types.access), /not found/);
      await refused(await exchange(await subjectToken(), types.personal), /not found/);
    });

    // security: token-exchange
    it('rejects a client credentials token as a subject token', async () => {
      const { id, secret = '' } = await provider.addClient({ type: 'MachineToMachine' });
      const machine = createParty(provider, { id, redirectUri, secret });
      for (const extra of [{}, { resource: indicator }]) {
        const { access_token } = await granted(await machine.token({ grant_type: 'client_credentials', ...extra }));
        await refused(await exchange(access_token, types.access), /not found/);
      }
      // Even if the ids could be equal: no user has an application's.
      assert.notEqual(id.length, userId.length);
    });

    it('rejects subject tokens of another tenant as unknown', async () => {
      const other = await provider.tenancy.get('other');
      const user = await other.db.transaction((tx) => provider.users.create(tx, { username: 'elsewhere' }));
      const { subjectToken: value } = await provider.subjectTokens.create(other.db, { userId: user.id });
      await refused(await exchange(value, types.impersonation), /not found/);
    });
  });

  it('passes the context of an impersonation token to scripts for custom claims', async () => {
    const script = `const getCustomJwtClaims = async ({ context }) => ({ ticket: context.grant.subjectTokenContext?.ticket });`;
    await provider.customClaims.save(provider.tenant, 'access-token', { script });
    const { subjectToken: value } = await provider.subjectTokens.create(provider.tenant.db, {
      userId,
      context: { ticket: 'T-1' },
    });
    const made = await granted(await exchange(value, types.impersonation, { resource: indicator }));
    assert.equal(decodeJwt(made.access_token).ticket, 'T-1');
    await provider.customClaims.remove(provider.tenant, 'access-token');
  });

  it('exchanges tokens for organizations only for their members', async () => {
    const refusal = await failureOf(
      await exchange(await subjectToken(), types.impersonation, { organization_id: 'nowhere' }),
    );
    assert.equal(`${refusal.status} ${refusal.error}`, '403 access_denied');
    const { db } = provider.tenant;
    await db.raw('insert into organizations (tenant_id, id, name) values ($1, $2, $2)', [db.tenantId, 'works']);
    await db.raw('insert into organization_users (tenant_id, organization_id, user_id) values ($1, $2, $3)', [
      db.tenantId,
      'works',
      userId,
    ]);
    const made = await granted(await exchange(await subjectToken(), types.impersonation, { organization_id: 'works' }));
    const claims = decodeJwt(made.access_token);
    assert.deepEqual([claims.aud, claims.sub], ['urn:logto:organization:works', userId]);
    const asked = { organization_id: 'works', resource: indicator, scope: 'read' };
    const both = await granted(await exchange(await subjectToken(), types.impersonation, asked));
    const told = decodeJwt(both.access_token);
    // `read` comes from a role outside of the organization, and has no effect in it.
    assert.deepEqual([told.aud, told.organization_id, both.scope], [indicator, 'works', '']);
  });

  describe('Actors', () => {
    // security: token-exchange
    it('names the actor in the token, before earlier actors', async () => {
      const helper = await provider.addUser({ username: 'helper' });
      const second = await provider.addUser({ username: 'second_helper' });
      const actor = (await own.tokens(helper.id)).access_token;
      const first = await granted(
        await exchange(await subjectToken(), types.impersonation, {
          resource: indicator,
          actor_token: actor,
          actor_token_type: types.access,
        }),
      );
      assert.deepEqual(decodeJwt(first.access_token).act, { sub: helper.id });
      // A further exchange without an actor keeps the earlier actor.
      const on = await granted(await exchange(first.access_token, types.access, { scope: 'openid' }));
      const seen = await exchanger.post('/oidc/token/introspection', { token: on.access_token });
      assert.deepEqual(((await seen.json()) as { act: unknown }).act, { sub: helper.id });
      const next = await granted(
        await exchange(on.access_token, types.access, {
          resource: indicator,
          actor_token: (await own.tokens(second.id)).access_token,
          actor_token_type: types.access,
        }),
      );
      assert.deepEqual(decodeJwt(next.access_token).act, { sub: second.id, act: { sub: helper.id } });
    });

    // security: token-exchange
    it('accepts an actor by an opaque access token with openid of a first-party application', async () => {
      const { access_token, id_token } = await own.tokens(userId);
      const withActor = async (token: string, type: string) =>
        exchange(await subjectToken(), types.impersonation, { actor_token: token, actor_token_type: type });
      await refused(await withActor(access_token, types.id), /unsupported actor token type/);
      await refused(await withActor(id_token, types.access), /actor token not found/);
      await refused(await withActor(await foreignToken(), types.access), /actor token was not issued to a first-party/);
      const plain = await granted(await exchange(await subjectToken(), types.impersonation, { scope: 'profile' }));
      await refused(await withActor(plain.access_token, types.access), /openid/);
      const alone = await exchange(await subjectToken(), types.impersonation, { actor_token: access_token });
      assert.equal((await failureOf(alone)).error, 'invalid_request');
    });
  });

  it('exchanges a token with an actor in at most four SQL statements', async () => {
    const actor = {
      actor_token: (await own.tokens(userId)).access_token,
      actor_token_type: types.access,
      resource: indicator,
      scope: 'read',
    };
    const personal = await personalToken('counted');
    const cases: [string, string, Extra][] = [
      [await subjectToken(), types.impersonation, actor],
      [personal, types.personal, actor],
      [actor.actor_token, types.access, actor],
      [personal, types.personal, { scope: 'openid' }],
    ];
    await granted(await exchange(personal, types.personal, actor));
    for (const [token, type, extra] of cases) {
      const before = provider.database.statements.count;
      await granted(await exchange(token, type, extra));
      assert.ok(provider.database.statements.count - before <= 4, `${type} took more`);
    }
  });
});

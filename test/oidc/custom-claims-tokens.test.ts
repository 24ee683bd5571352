import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { decodeJwt } from 'jose';
import { type EveryGrant, everyGrant, exchangeGrant, indicator, type Way } from './every-grant.ts';
import { failureOf, type Tokens } from './party.ts';
import { type Provider, startProvider } from './provider.ts';

const types = ['access-token', 'client-credentials'] as const;
const returning = (expression: string) => `const getCustomJwtClaims = async (input) => (${expression});`;

/** What the protocol says about a token; a script may not say any of it. */
const forged = {
  ...{ iss: 'evil', sub: 'root', aud: 'other', exp: 9_999_999_999, nbf: 9_999_999_999, iat: 1, jti: 'known' },
  ...{
    client_id: 'other',
    azp: 'other',
    scope: 'all',
    act: { sub: 'root' },
    may_act: { sub: 'root' },
    cnf: { jkt: 'x' },
  },
  ...{ sid: 'other', auth_time: 1, acr: 'high', amr: ['hwk'], organization_id: 'other' },
};

describe('Custom claims for every kind of token', () => {
  let provider: Provider;
  let every: EveryGrant;
  before(async () => {
    provider = await startProvider();
    every = await everyGrant(provider);
  });
  after(() => provider.close());

  const withScript = async (script: string, work: () => Promise<void>) => {
    for (const type of types) await provider.customClaims.save(provider.tenant, type, { script });
    try {
      await work();
    } finally {
      for (const type of types) await provider.customClaims.remove(provider.tenant, type);
    }
  };
  const ask = async ({ prepare }: Way) => (await prepare())();
  const claimsOf = async (way: Way) => {
    const response = await ask(way);
    assert.equal(response.status, 200, `${way.name}: ${await response.clone().text()}`);
    const { iat = 0, exp = 0, jti, ...claims } = decodeJwt(((await response.json()) as Tokens).access_token);
    assert.notEqual(jti, forged.jti, way.name);
    assert.ok(iat > 1_000_000_000 && exp - iat <= 3600, way.name);
    return claims;
  };
  const jwts = () => every.ways.filter(({ isJwt }) => isJwt);

  // security: script-tokens
  it('adds custom claims to every kind of token and replaces no claim of the protocol', async () => {
    const plain = new Map<string, object>();
    for (const way of jwts()) plain.set(way.name, await claimsOf(way));
    await withScript(returning(`({ ...${JSON.stringify(forged)}, tier: 'gold' })`), async () => {
      for (const way of jwts())
        assert.deepEqual(await claimsOf(way), { tier: 'gold', ...plain.get(way.name) }, way.name);
    });
  });

  // security: script-tokens
  it('lets a script deny a token, also an opaque one', async () => {
    for (const way of every.ways) {
      // The same endpoint issues the tokens that are redeemed or exchanged.
      const send = await way.prepare();
      await withScript(`const getCustomJwtClaims = ({ api }) => api.denyAccess('Not today');`, async () => {
        const { status, error, description } = await failureOf(await send());
        assert.deepEqual([status, error, description], [400, 'access_denied', 'Not today'], way.name);
      });
      assert.equal((await send()).status, 200, `${way.name}: the refusal used up what the token comes of`);
    }
  });

  const told = (input: unknown) => input as { context: Record<string, Record<string, unknown>>; token: object };
  const inputOf = async (name: string) => {
    const way = every.ways.find((candidate) => candidate.name === name) as Way;
    return told((await claimsOf(way)).told);
  };
  const telling = (work: () => Promise<void>) => withScript(returning('({ told: input })'), work);

  it('passes the user, the sign-in and the application to the script', () =>
    telling(async () => {
      for (const name of ['authorization_code, for a resource', 'refresh_token, for a resource']) {
        const { token, context } = await inputOf(name);
        assert.deepEqual(Object.keys(context).sort(), ['application', 'interaction', 'user'], name);
        assert.deepEqual(token, {
          kind: 'AccessToken',
          clientId: every.spa.id,
          accountId: every.userId,
          aud: indicator,
          scope: 'read',
          gty: name.split(',')[0],
        });
        assert.deepEqual(context.interaction, {
          interactionEvent: 'SignIn',
          userId: every.userId,
          verificationRecords: [{ id: 'proof', type: 'Password' }],
        });
        const { user = {}, application = {} } = context;
        assert.deepEqual([user.id, user.name, user.customData], [every.userId, 'Ada', { plan: 'gold' }]);
        assert.deepEqual(
          (user.roles as { name: string; scopes: { name: string; resource: { indicator: string } }[] }[]).map(
            (role) => [
              role.name,
              role.scopes.map(({ name: permission, resource }) => [permission, resource.indicator]),
            ],
          ),
          [['Reader', [['read', indicator]]]],
        );
        assert.deepEqual(
          [
            user.organizations,
            (user.organizationRoles as { roleName: string; scopes: { name: string }[] }[]).map(
              ({ roleName, scopes }) => [roleName, scopes.map((scope) => scope.name)],
            ),
          ],
          [[{ id: every.organizationId, name: 'Acme', description: 'Makes all' }], [['Member', ['read']]]],
        );
        assert.deepEqual(
          [application.id, application.type, application.customData],
          [every.spa.id, 'SPA', { tier: 'free' }],
        );
      }
    }));

  it('passes the same user data to the script for every source of a token', () =>
    telling(async () => {
      const [first, ...others] = jwts().filter(({ type }) => type === 'access-token');
      const userOf = async (way: Way) => told((await claimsOf(way)).told).context.user;
      const expected = await userOf(first as Way);
      for (const way of others) assert.deepEqual(await userOf(way), expected, way.name);
    }));

  it('passes the organization of the token to the script, for users and machines', () =>
    telling(async () => {
      const organization = {
        id: every.organizationId,
        name: 'Acme',
        description: 'Makes all',
        customData: { size: 3 },
      };
      for (const way of every.ways.filter(({ name }) => name.endsWith('organization'))) {
        const { context } = told((await claimsOf(way)).told);
        assert.deepEqual(context.organization, organization, way.name);
      }
    }));

  it('passes the token exchange to the script, with the context of the subject token', () =>
    telling(async () => {
      const grantOf = async (subject: string) =>
        (await inputOf(`exchange of a ${subject}, for a resource`)).context.grant;
      assert.deepEqual(await grantOf('subject token'), { type: exchangeGrant, subjectTokenContext: { ticket: 'T-1' } });
      for (const subject of ['personal access token', 'opaque access token', 'JWT access token'])
        assert.deepEqual(await grantOf(subject), { type: exchangeGrant }, subject);
    }));

  it('passes a machine to the script as an application, without its credentials', () =>
    telling(async () => {
      const input = await inputOf('client_credentials, for a resource');
      assert.deepEqual(Object.keys(input.context), ['application']);
      assert.equal(input.context.application?.id, every.machine.id);
      assert.ok(every.machineSecret.length > 20 && !JSON.stringify(input).includes(every.machineSecret));
    }));

  it('passes no sign-in to the script once its session has ended', () =>
    telling(async () => {
      const wanted = { scope: 'openid offline_access read', resource: indicator };
      const { refresh_token: token = '', id_token: idToken } = await every.spa.tokens(every.userId, wanted);
      const uid = String(decodeJwt(idToken).sid);
      await provider.oidc.sessions.end(provider.tenant, { userId: every.userId, uid });
      const response = await every.spa.refresh(token, { resource: indicator });
      assert.equal(response.status, 200);
      const { access_token: jwt } = (await response.json()) as Tokens;
      assert.deepEqual(Object.keys(told(decodeJwt(jwt).told).context).sort(), ['application', 'user']);
    }));
});

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createOrganizationRoles } from '../../server/src/features/organizations/organization-roles/index.ts';
import { createOrganizations } from '../../server/src/features/organizations/organizations/index.ts';
import { createAgent } from '../support/agent.ts';
import { createParty, failureOf, type Party, type Tokens } from './party.ts';
import { type Provider, startProvider } from './provider.ts';

const redirectUri = 'https://client.example.com/callback';
const indicator = 'https://api.example.com/';
const scope = 'openid offline_access urn:logto:scope:organizations';
const types = {
  access: 'urn:ietf:params:oauth:token-type:access_token',
  impersonation: 'urn:logto:token-type:impersonation_token',
  personal: 'urn:logto:token-type:personal_access_token',
};

/** Every object that a token may depend on, created for each case; both applications are limited to their users. */
interface Scene {
  /** Gets the tokens, and may exchange some. */
  client: Party;
  /** The application that other tokens were issued to before. */
  source: Party;
  machine: Party;
  userId: string;
  actorId: string;
  organizationId: string;
}
type Kind = 'code' | 'refresh' | 'machine' | 'exchange';
interface Grant {
  kind: Kind;
  inOrganization?: boolean;
  hasActor?: boolean;
  /** Whether a token of the source is exchanged. */
  fromSource?: boolean;
  /** Comes as far as the request that gives the token, which the answer sends. */
  prepare: (scene: Scene) => Promise<() => Promise<Response>>;
}
interface Ending {
  hits: (grant: Grant) => boolean;
  /** Status and error of every refusal. */
  answer: string;
  bring: (scene: Scene) => Promise<unknown>;
}

// security: suspension, application-access
describe('Issuance of tokens', () => {
  let provider: Provider;
  const events = { publish: async () => undefined };
  const organizationRoles = createOrganizationRoles({ events });
  const organizations = createOrganizations({ clock: { now: () => Date.now() }, organizationRoles, events });
  before(async () => {
    provider = await startProvider({ isStill: true });
    await provider.resources.create(provider.tenant.db, { name: 'Library', indicator, accessTokenTtl: 600 });
  });
  after(() => provider.close());

  const write = <T>(work: Parameters<typeof provider.tenant.db.transaction<T>>[0]) =>
    provider.tenant.db.transaction(work);
  const limit = ({ id }: Party, userIds: string[]) =>
    write((tx) =>
      provider.accessControl.replace(tx, id, {
        userIds,
        userRoleIds: [],
        organizationIds: [],
        organizationRoleRules: [],
      }),
    );
  const suspend = (userId: string) => write((tx) => provider.users.update(tx, userId, { isSuspended: true }));
  const remove = (userId: string) => write((tx) => provider.users.remove(tx, userId));

  const build = async (): Promise<Scene> => {
    const [userId, actorId] = [(await provider.addUser()).id, (await provider.addUser()).id];
    const register = async () => {
      // With a secret: a public client exchanges only what was issued to itself.
      const { id, secret } = await provider.addClient({
        type: 'Traditional',
        oidcClientMetadata: { redirectUris: [redirectUri] },
        customClientMetadata: { allowTokenExchange: true },
      });
      const party = createParty(provider, { id, redirectUri, secret: secret ?? '' });
      await write((tx) => provider.applications.update(tx, id, { appLevelAccessControlEnabled: true }));
      await limit(party, [userId, actorId]);
      return party;
    };
    const { id, secret = '' } = await provider.addClient({ type: 'MachineToMachine' });
    const { db } = provider.tenant;
    const { id: organizationId } = await organizations.create(db, { name: 'Works' });
    await organizations.addMembers(db, 'user', organizationId, [userId]);
    await organizations.addMembers(db, 'application', organizationId, [id]);
    const machine = createParty(provider, { id, redirectUri, secret });
    return { client: await register(), source: await register(), machine, userId, actorId, organizationId };
  };
  const signIn = (party: Party, userId: string) => party.tokens(userId, { scope, resource: indicator });

  /** A request with a refresh token, with more parameters. */
  const refresh = (parameters: (scene: Scene) => Record<string, string>) => async (scene: Scene) => {
    const { refresh_token: token = '' } = await signIn(scene.client, scene.userId);
    return () => scene.client.refresh(token, parameters(scene));
  };
  const machine = (parameters: (scene: Scene) => Record<string, string>) => async (scene: Scene) => () =>
    scene.machine.token({ grant_type: 'client_credentials', ...parameters(scene) });

  const subjects = {
    'an impersonation token': async ({ userId }: Scene) => [
      (await provider.subjectTokens.create(provider.tenant.db, { userId })).subjectToken,
      types.impersonation,
    ],
    'a personal access token': async ({ userId }: Scene) => [
      (await provider.personalAccessTokens.create(provider.tenant.db, userId, { name: 'a token' })).value,
      types.personal,
    ],
    'an opaque access token': async ({ source, userId }: Scene) => [
      (await signIn(source, userId)).access_token,
      types.access,
    ],
    'a JWT access token': async ({ source, userId }: Scene) => {
      const { refresh_token: token = '' } = await signIn(source, userId);
      const answer = await source.refresh(token, { resource: indicator });
      return [((await answer.json()) as Tokens).access_token, types.access];
    },
  };
  const exchange =
    (subject: keyof typeof subjects, options: { withActor?: boolean; inOrganization?: boolean }) =>
    async (scene: Scene) => {
      const [token = '', type = ''] = await subjects[subject](scene);
      const actor = options.withActor
        ? { actor_token: (await signIn(scene.source, scene.actorId)).access_token, actor_token_type: types.access }
        : {};
      return () =>
        scene.client.token({
          grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
          subject_token: token,
          subject_token_type: type,
          resource: indicator,
          ...actor,
          ...(options.inOrganization ? { organization_id: scene.organizationId } : {}),
        });
    };

  const inOrganization = ({ organizationId }: Scene) => ({ organization_id: organizationId });
  const both = (scene: Scene) => ({ ...inOrganization(scene), resource: indicator });
  const grants: Record<string, Grant> = {
    'an authorization code': {
      kind: 'code',
      prepare: async ({ client, userId }) => {
        const answer = await client.signIn(createAgent(), userId, { scope });
        return () => client.redeem(answer.get('code') ?? '');
      },
    },
    'a refresh token': { kind: 'refresh', prepare: refresh(() => ({})) },
    'a refresh token, for a resource': { kind: 'refresh', prepare: refresh(() => ({ resource: indicator })) },
    'a refresh token, in an organization': { kind: 'refresh', inOrganization: true, prepare: refresh(inOrganization) },
    'a refresh token, for a resource in an organization': {
      kind: 'refresh',
      inOrganization: true,
      prepare: refresh(both),
    },
    'client credentials': { kind: 'machine', prepare: machine(() => ({})) },
    'client credentials, for a resource': { kind: 'machine', prepare: machine(() => ({ resource: indicator })) },
    'client credentials, in an organization': {
      kind: 'machine',
      inOrganization: true,
      prepare: machine(inOrganization),
    },
    'client credentials, for a resource in an organization': {
      kind: 'machine',
      inOrganization: true,
      prepare: machine(both),
    },
  };
  for (const name of Object.keys(subjects) as (keyof typeof subjects)[]) {
    const fromSource = name.endsWith('access token') && !name.includes('personal');
    const add = (label: string, options: { withActor?: boolean; inOrganization?: boolean }) => {
      grants[`${name}${label}`] = {
        kind: 'exchange',
        fromSource,
        inOrganization: options.inOrganization ?? false,
        hasActor: options.withActor ?? false,
        prepare: exchange(name, options),
      };
    };
    add('', {});
    add(', in an organization', { inOrganization: true });
    add(', with an actor', { withActor: true });
    add(', with an actor, in an organization', { withActor: true, inOrganization: true });
  }

  const ofPerson = ({ kind }: Grant) => kind !== 'machine';
  const endings: Record<string, Ending> = {
    'the user is suspended': {
      hits: ofPerson,
      answer: '400 invalid_grant',
      bring: ({ userId }) => suspend(userId),
    },
    'the user is deleted': { hits: ofPerson, answer: '400 invalid_grant', bring: ({ userId }) => remove(userId) },
    'the user may not use the application any more': {
      hits: ofPerson,
      answer: '400 access_denied',
      bring: ({ client, actorId }) => limit(client, [actorId]),
    },
    'the application is deleted': {
      hits: () => true,
      answer: '401 invalid_client',
      bring: ({ client, machine: { id } }) =>
        write(async (tx) => {
          await provider.applications.remove(tx, client.id);
          await provider.applications.remove(tx, id);
        }),
    },
    'the organization is deleted': {
      hits: (grant) => grant.inOrganization === true,
      answer: '403 access_denied',
      bring: ({ organizationId }) => organizations.remove(provider.tenant.db, organizationId),
    },
    'the member leaves the organization': {
      hits: (grant) => grant.inOrganization === true,
      answer: '403 access_denied',
      bring: async ({ organizationId, userId, machine: { id } }) => {
        const { db } = provider.tenant;
        await organizations.removeMember(db, { kind: 'user', organizationId, id: userId });
        await organizations.removeMember(db, { kind: 'application', organizationId, id });
      },
    },
    'the organization wants a second factor': {
      hits: (grant) => grant.inOrganization === true && ofPerson(grant),
      answer: '403 access_denied',
      bring: ({ organizationId }) => organizations.update(provider.tenant.db, organizationId, { isMfaRequired: true }),
    },
    'exchange is not allowed any more': {
      hits: ({ kind }) => kind === 'exchange',
      answer: '400 unauthorized_client',
      bring: ({ client }) => write((tx) => provider.applications.update(tx, client.id, { customClientMetadata: {} })),
    },
    'the application of the subject token is deleted': {
      hits: (grant) => grant.fromSource === true,
      answer: '400 invalid_grant',
      bring: ({ source }) => write((tx) => provider.applications.remove(tx, source.id)),
    },
    'the user may not use the application of the subject token any more': {
      hits: (grant) => grant.fromSource === true,
      answer: '400 access_denied',
      bring: ({ source, actorId }) => limit(source, [actorId]),
    },
    'the actor is suspended': {
      hits: (grant) => grant.hasActor === true,
      answer: '400 invalid_grant',
      bring: ({ actorId }) => suspend(actorId),
    },
    'the actor is deleted': {
      hits: (grant) => grant.hasActor === true,
      answer: '400 invalid_grant',
      bring: ({ actorId }) => remove(actorId),
    },
    'the actor may not use the application of their token any more': {
      hits: (grant) => grant.hasActor === true,
      answer: '400 access_denied',
      bring: ({ source, userId }) => limit(source, [userId]),
    },
  };

  const holds = (name: string, grant: Grant) =>
    it(`issues no token for ${name} after its prerequisite has ended`, async () => {
      await (await grant.prepare(await build()))();
      const alive = await build();
      const request = await grant.prepare(alive);
      // What is known of the tenant and of these applications is in memory from then on.
      for (const { token } of [alive.client, alive.source, alive.machine]) await token({ grant_type: 'none' });
      await alive.machine.token({ grant_type: 'client_credentials', resource: indicator, scope: 'read' });
      const before = provider.database.statements.count;
      const given = await request();
      const spent = provider.database.statements.count - before;
      assert.equal(given.status, 200, await given.clone().text());
      assert.ok(spent <= 4, `took ${spent} statements`);
      for (const [reason, ending] of Object.entries(endings)) {
        if (!ending.hits(grant)) continue;
        const scene = await build();
        const ask = await grant.prepare(scene);
        await ending.bring(scene);
        const { status, error, description } = await failureOf(await ask());
        assert.equal(`${status} ${error}`, ending.answer, `${reason}: ${description}`);
      }
    });
  for (const [name, grant] of Object.entries(grants)) holds(name, grant);

  describe('Issuance of tokens with custom claims', () => {
    const customized = ['access-token', 'client-credentials'] as const;
    before(async () => {
      const script = 'const getCustomJwtClaims = async () => ({ ok: 1 });';
      for (const type of customized) await provider.customClaims.save(provider.tenant, type, { script });
    });
    after(async () => {
      for (const type of customized) await provider.customClaims.remove(provider.tenant, type);
    });
    for (const [name, grant] of Object.entries(grants)) holds(name, grant);
  });
});

import assert from 'node:assert/strict';
import type { CustomizedToken } from '@aldaba/contract';
import { createOrganizationRoles } from '../../server/src/features/organizations/organization-roles/index.ts';
import {
  createOrganizations,
  type Organizations,
} from '../../server/src/features/organizations/organizations/index.ts';
import { createAgent } from '../support/agent.ts';
import { answerOf, createParty, type Extra, encode, finishSignIn, type Party, type Tokens } from './party.ts';
import type { Provider } from './provider.ts';

/** One way to an access token. */
export interface Way {
  name: string;
  type: CustomizedToken;
  isJwt: boolean;
  /** Gets what the request needs (a code, a refresh token, …); what it returns sends the request itself. */
  prepare: () => Promise<() => Promise<Response>>;
}

export interface EveryGrant {
  ways: Way[];
  userId: string;
  organizationId: string;
  organizations: Organizations;
  /** Roles that give `read` on the resource: one of the person, three of the machine. */
  roleIds: { user: string; machine: string[] };
  spa: Party;
  exchanger: Party;
  /** A third party that is allowed every scope it requests. */
  foreign: Party;
  machine: Party;
  machineSecret: string;
}

export const indicator = 'https://api.example.com/';
const redirectUri = 'https://client.example.com/callback';
const organizationsScope = 'urn:logto:scope:organizations';
const scope = `openid profile roles offline_access ${organizationsScope} read`;
export const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange';
const tokenTypes = {
  access: 'urn:ietf:params:oauth:token-type:access_token',
  impersonation: 'urn:logto:token-type:impersonation_token',
  personal: 'urn:logto:token-type:personal_access_token',
};

/**
 * Creates a person and a machine with roles in a tenant and in an organization, and returns every way to get tokens for
 * them.
 */
export async function everyGrant(provider: Provider): Promise<EveryGrant> {
  const { tenant } = provider;
  const events = { publish: async () => undefined };
  const organizationRoles = createOrganizationRoles({ events });
  const organizations = createOrganizations({ clock: provider.clock, organizationRoles, events });
  const user = await provider.addUser({ username: 'ada', name: 'Ada', customData: { plan: 'gold' } });
  const exchanger = await provider.addClient({
    type: 'Traditional',
    name: 'Exchanger',
    oidcClientMetadata: { redirectUris: [redirectUri] },
    customClientMetadata: { allowTokenExchange: true },
  });
  const spa = await provider.addClient({
    type: 'SPA',
    oidcClientMetadata: { redirectUris: [redirectUri] },
    customData: { tier: 'free' },
  });
  const guest = await provider.addClient({
    type: 'Traditional',
    isThirdParty: true,
    oidcClientMetadata: { redirectUris: [redirectUri] },
  });
  const robot = await provider.addClient({ type: 'MachineToMachine' });
  const { roleIds, organizationId } = await tenant.db.transaction(async (tx) => {
    const { id: resourceId } = await provider.resources.create(tx, { name: 'API', indicator, accessTokenTtl: 600 });
    const { id: read } = await provider.resources.createScope(tx, resourceId, { name: 'read', description: null });
    const { id: readThere } = await organizationRoles.createScope(tx, { name: 'read' });
    const role = async (name: string, type: 'User' | 'MachineToMachine') =>
      (await provider.roles.create(tx, { name, type, description: name, isDefault: false, scopeIds: [read] })).id;
    const roleThere = async (name: string, type: 'User' | 'MachineToMachine') => {
      const scopes = { organizationScopeIds: [readThere], resourceScopeIds: [read] };
      return (await organizationRoles.create(tx, { name, type, ...scopes })).id;
    };
    await provider.consentScopes.add(tx, guest.id, {
      userScopes: ['profile', 'roles', organizationsScope],
      resourceScopes: [read],
      organizationScopes: [readThere],
      organizationResourceScopes: [read],
    });
    const roleIds = { user: await role('Reader', 'User'), machine: [] as string[] };
    for (const name of ['First', 'Second', 'Third']) roleIds.machine.push(await role(name, 'MachineToMachine'));
    await provider.roles.assign(tx, 'user', user.id, [roleIds.user]);
    await provider.roles.assign(tx, 'application', robot.id, roleIds.machine);
    const member = await roleThere('Member', 'User');
    const memberMachine = await roleThere('Machine', 'MachineToMachine');
    const { id } = await organizations.create(tx, { name: 'Acme', description: 'Makes all', customData: { size: 3 } });
    await organizations.addMembers(tx, 'user', id, [user.id]);
    await organizations.addRoles(tx, { kind: 'user', organizationId: id, ids: [user.id] }, [member]);
    await organizations.addMembers(tx, 'application', id, [robot.id]);
    await organizations.addRoles(tx, { kind: 'application', organizationId: id, ids: [robot.id] }, [memberMachine]);
    return { roleIds, organizationId: id };
  });
  const parties = {
    spa: createParty(provider, { id: spa.id, redirectUri }),
    exchanger: createParty(provider, { id: exchanger.id, redirectUri, secret: exchanger.secret ?? '' }),
    foreign: createParty(provider, { id: guest.id, redirectUri, secret: guest.secret ?? '' }),
    machine: createParty(provider, { id: robot.id, redirectUri, secret: robot.secret ?? '' }),
  };
  const ways = [
    ...waysOfCodes('', parties.spa, { organizationId, signIn: signInTo(parties.spa, user.id) }),
    ...waysOfCodes(' by an application with a secret', parties.exchanger, {
      organizationId,
      signIn: signInTo(parties.exchanger, user.id),
    }),
    ...waysOfCodes(' by a third party', parties.foreign, {
      organizationId,
      signIn: consentTo(provider, parties.foreign, { userId: user.id, organizationId }),
    }),
    ...waysOfMachines(parties.machine, organizationId),
    ...waysOfExchange(provider, parties, user.id, organizationId),
  ];
  return {
    ...parties,
    machineSecret: robot.secret ?? '',
    ways,
    userId: user.id,
    organizationId,
    organizations,
    roleIds,
  };
}

/** What a request may ask for, with a name for it. */
const targets = (organizationId: string): [name: string, isJwt: boolean, Extra][] => [
  ['opaque', false, {}],
  ['for a resource', true, { resource: indicator }],
  ['for an organization', true, { organization_id: organizationId }],
  ['for a resource in an organization', true, { organization_id: organizationId, resource: indicator }],
];

const asked = { scope, resource: indicator };

/** A person's sign-in to an application, which gives a code. */
type SignIn = () => Promise<string>;

const signInTo =
  (party: Party, userId: string): SignIn =>
  async () =>
    (await party.signIn(createAgent(), userId, asked)).get('code') ?? '';

/** The same with consent to a third party, which may act in the organization. */
const consentTo =
  ({ url }: Provider, party: Party, { userId, organizationId }: { userId: string; organizationId: string }): SignIn =>
  async () => {
    const agent = createAgent();
    await party.authorize(agent, asked);
    await agent.fetch(await finishSignIn(url, agent, userId, party.id));
    const page = await (await agent.fetch(`${url}/consent?app_id=${party.id}`)).text();
    const xsrf = /name="xsrf" value="([^"]*)"/.exec(page)?.[1] ?? '';
    const consented = await agent.fetch(`${url}/consent`, {
      method: 'POST',
      body: encode({ app_id: party.id, decision: 'accept', xsrf, [`organization.${organizationId}`]: 'yes' }),
    });
    return answerOf(await agent.fetch(`${url}${consented.headers.get('location')}`)).get('code') ?? '';
  };

function waysOfCodes(
  by: string,
  party: Party,
  { organizationId, signIn }: { organizationId: string; signIn: SignIn },
): Way[] {
  const [opaque, resource] = targets(organizationId);
  const codes = [opaque, resource].flatMap((target) => {
    if (!target) return [];
    const [name, isJwt, extra] = target;
    const prepare = async () => {
      const code = await signIn();
      return () => party.redeem(code, extra);
    };
    return [{ name: `authorization_code${by}, ${name}`, type: 'access-token' as const, isJwt, prepare }];
  });
  const refreshes = targets(organizationId).map(([name, isJwt, extra]) => ({
    name: `refresh_token${by}, ${name}`,
    type: 'access-token' as const,
    isJwt,
    prepare: async () => {
      const { refresh_token: token = '' } = (await (await party.redeem(await signIn())).json()) as Tokens;
      return () => party.refresh(token, extra);
    },
  }));
  return [...codes, ...refreshes];
}

const waysOfMachines = (machine: Party, organizationId: string): Way[] =>
  targets(organizationId).map(([name, isJwt, extra]) => ({
    name: `client_credentials, ${name}`,
    type: 'client-credentials',
    isJwt,
    prepare: async () => () => machine.token({ grant_type: 'client_credentials', scope: 'read', ...extra }),
  }));

function waysOfExchange(
  provider: Provider,
  { spa, exchanger }: { spa: Party; exchanger: Party },
  userId: string,
  organizationId: string,
): Way[] {
  const { db } = provider.tenant;
  const accessToken = (extra: Extra) => {
    let made: Promise<string> | undefined;
    const make = async () => {
      const { refresh_token: token = '' } = await spa.tokens(userId, asked);
      const response = await spa.refresh(token, extra);
      assert.equal(response.status, 200, await response.clone().text());
      return ((await response.json()) as Tokens).access_token;
    };
    return () => {
      made ??= make();
      return made;
    };
  };
  const opaque = accessToken({});
  let made = 0;
  const subjectToken = async () =>
    (await provider.subjectTokens.create(db, { userId, context: { ticket: 'T-1' } })).subjectToken;
  const subjects: [name: string, type: string, value: () => Promise<string>][] = [
    ['subject token', tokenTypes.impersonation, subjectToken],
    ['subject token as an access token', tokenTypes.access, subjectToken],
    [
      'personal access token',
      tokenTypes.personal,
      async () => {
        made += 1;
        return (await provider.personalAccessTokens.create(db, userId, { name: `token ${made}` })).value;
      },
    ],
    ['opaque access token', tokenTypes.access, opaque],
    ['JWT access token', tokenTypes.access, accessToken({ resource: indicator })],
  ];
  return subjects.flatMap(([subject, type, value]) =>
    targets(organizationId).flatMap(([name, isJwt, extra]) =>
      [false, true].map((isActed) => ({
        name: `exchange of a ${subject}${isActed ? ' by an actor' : ''}, ${name}`,
        type: 'access-token' as const,
        isJwt,
        prepare: async () => {
          const parameters = { grant_type: exchangeGrant, subject_token: await value(), subject_token_type: type };
          const actor: Extra = isActed ? { actor_token: await opaque(), actor_token_type: tokenTypes.access } : {};
          return () => exchanger.token({ ...parameters, scope: 'openid read', ...actor, ...extra });
        },
      })),
    ),
  );
}

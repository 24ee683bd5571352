/** Operations on roles, organizations and users, and the data they need in addition to `seed.ts`. */
import { type Fixtures, json, obtainTokens, type Target, type Tokens } from './flows.ts';
import { connections, type Operation } from './load.ts';
import type { Receiver } from './receiver.ts';

export interface Authorization {
  organizationId: string;
  /** One for each connection, of a member of the organization. */
  tokens: Tokens[];
  machine: { id: string; secret: string; resource: string; scope: string };
  /** Users whose roles change, one for each connection, and the two roles that they alternate between. */
  users: string[];
  roles: [string, string];
  personalAccessToken: string;
  exchanger: { id: string; secret: string };
  /** Receives changes of a role. */
  receiver: Receiver;
}

const form = { 'content-type': 'application/x-www-form-urlencoded' };
const basic = ({ id, secret }: { id: string; secret: string }) => ({
  authorization: `Basic ${btoa(`${id}:${secret}`)}`,
});
const encode = (fields: Record<string, string>) => new URLSearchParams(fields).toString();

type Manage = <Answer = { id: string; secret: string }>(
  method: string,
  path: string,
  status: number,
  body?: object,
) => Promise<Answer>;

const manageWith =
  ({ client, managementToken }: Target): Manage =>
  async (method, path, status, body) => {
    const headers = {
      authorization: `Bearer ${managementToken}`,
      ...(body ? { 'content-type': 'application/json' } : {}),
    };
    const reply = await client.send(
      { method, path: `/api${path}`, headers, ...(body ? { body: JSON.stringify(body) } : {}) },
      status,
    );
    return reply.body.length > 0 ? JSON.parse(reply.body.toString()) : undefined;
  };

export async function prepareAuthorization(target: Target, receiver: Receiver): Promise<Authorization> {
  const manage = manageWith(target);
  const machine = await prepareMachine(manage);
  const scope = await manage('POST', '/organization-scopes', 201, { name: 'bench:manage' });
  const role = await manage('POST', '/organization-roles', 201, { name: 'Bench', organizationScopeIds: [scope.id] });
  const organization = await manage('POST', '/organizations', 201, { name: 'Bench organization' });
  const members: string[] = [];
  const tokens: Tokens[] = [];
  const fixtures: Fixtures = { ...target.fixtures, scope: `${target.fixtures.scope} urn:logto:scope:organizations` };
  for (const username of target.fixtures.usernames.slice(0, connections)) {
    const query = encode({ 'search.username': username, 'mode.username': 'exact' });
    const [user] = await manage<{ id: string }[]>('GET', `/users?${query}`, 200);
    members.push((user as { id: string }).id);
    tokens.push(await obtainTokens({ ...target, fixtures }, username));
  }
  await manage('POST', `/organizations/${organization.id}/users`, 201, { userIds: members });
  await manage('POST', `/organizations/${organization.id}/users/roles`, 201, {
    userIds: members,
    organizationRoleIds: [role.id],
  });
  const users: string[] = [];
  for (let worker = 0; worker < connections; worker += 1) users.push((await manage('POST', '/users', 200, {})).id);
  const roles: string[] = [];
  for (const name of ['Bench reader', 'Bench writer'])
    roles.push((await manage('POST', '/roles', 200, { name, description: name, type: 'User' })).id);
  const path = `/users/${members[0]}/personal-access-tokens`;
  const { value } = await manage<{ value: string }>('POST', path, 201, { name: 'bench' });
  await manage('POST', '/hooks', 201, {
    name: 'Bench',
    events: ['Role.Data.Updated'],
    config: { url: receiver.url },
  });
  return {
    receiver,
    organizationId: organization.id,
    tokens,
    machine,
    users,
    roles: roles as [string, string],
    personalAccessToken: value,
    exchanger: await manage('POST', '/applications', 200, {
      name: 'Bench exchange',
      type: 'Traditional',
      customClientMetadata: { allowTokenExchange: true },
    }),
  };
}

async function prepareMachine(manage: Manage): Promise<Authorization['machine']> {
  const indicator = 'https://bench.example/three';
  const resource = await manage('POST', '/resources', 201, { name: 'Bench API of three roles', indicator });
  const names = ['one', 'two', 'three'];
  const roleIds: string[] = [];
  for (const name of names) {
    const scope = await manage('POST', `/resources/${resource.id}/scopes`, 201, { name, description: name });
    const role = { name: `Bench ${name}`, description: name, type: 'MachineToMachine', scopeIds: [scope.id] };
    roleIds.push((await manage('POST', '/roles', 200, role)).id);
  }
  const { id, secret } = await manage('POST', '/applications', 200, { name: 'Bench three', type: 'MachineToMachine' });
  await manage('POST', `/applications/${id}/roles`, 201, { roleIds });
  return { id, secret, resource: indicator, scope: names.join(' ') };
}

const prepared = ({ authorization }: Target): Authorization => {
  if (!authorization) throw new Error('This server was not prepared for authorization.');
  return authorization;
};

export const organizationToken = (target: Target): Operation => {
  const { client, endpoints, fixtures } = target;
  const { organizationId, tokens } = prepared(target);
  return async (worker) => {
    const own = tokens[worker] as Tokens;
    const body = encode({
      grant_type: 'refresh_token',
      client_id: fixtures.spa.id,
      refresh_token: own.refreshToken,
      organization_id: organizationId,
    });
    const answer = json(await client.send({ method: 'POST', path: endpoints.token, headers: form, body }, 200));
    own.refreshToken = String(answer.refresh_token);
  };
};

export const threeRoles = (target: Target): Operation => {
  const { machine } = prepared(target);
  const headers = { ...form, ...basic(machine) };
  const body = encode({ grant_type: 'client_credentials', resource: machine.resource, scope: machine.scope });
  return async () => {
    await target.client.send({ method: 'POST', path: target.endpoints.token, headers, body }, 200);
  };
};

export const tokenExchange = (target: Target): Operation => {
  const { exchanger, personalAccessToken } = prepared(target);
  const headers = { ...form, ...basic(exchanger) };
  const body = encode({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: personalAccessToken,
    subject_token_type: 'urn:logto:token-type:personal_access_token',
    resource: target.fixtures.resource,
    scope: target.fixtures.scope,
  });
  return async () => {
    await target.client.send({ method: 'POST', path: target.endpoints.token, headers, body }, 200);
  };
};

/** Every request replaces the one role that the user has by another. */
export const roleAssignment = (target: Target): Operation => {
  const { users, roles } = prepared(target);
  const manage = manageWith(target);
  return async (worker, count) => {
    const roleIds = [roles[Math.floor(count / connections) % 2]];
    await manage('PUT', `/users/${users[worker]}/roles`, 200, { roleIds });
  };
};

export const userCreation = (target: Target): Operation => {
  const manage = manageWith(target);
  return async () => {
    const username = `made_${crypto.randomUUID().replaceAll('-', '')}`;
    await manage('POST', '/users', 200, { username, name: 'Made', primaryEmail: `${username}@bench.example` });
  };
};

/** Time from a change to the arrival of its webhook. */
export const webhook = (target: Target): Operation => {
  const { roles, receiver } = prepared(target);
  const manage = manageWith(target);
  return async (_worker, count) => {
    const mark = `mark-${crypto.randomUUID()}`;
    const arrival = receiver.arrival(mark);
    await manage('PATCH', `/roles/${roles[count % 2]}`, 200, { description: mark });
    await arrival;
  };
};

/**
 * Fills Aldaba through its Management API, as an operator would: applications, an API with permissions, 1,000 users.
 */
import { hash } from '@node-rs/argon2';
import type { Subject } from './channel.ts';
import { type Fixtures, obtainManagementToken } from './flows.ts';
import type { Client } from './load.ts';

const resource = 'https://bench.example/api';
const permissions = ['read', 'write'];
const redirectUri = 'https://app.example/callback';
/** As the product hashes passwords. */
export const hashParameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const password = 'correct horse battery staple 7';

interface Entity {
  id: string;
}

export interface Filled {
  fixtures: Fixtures;
  managementToken: string;
  users: Person[];
}

export interface Person {
  id: string;
  username: string;
  email: string;
}

/** Everything the operations need. The server itself creates the first application, which may manage the rest. */
export async function fill(subject: Subject, client: Client, userCount = 1000): Promise<Filled> {
  const manager = await subject.ask<{ id: string; secret: string; indicator: string }>('createManager');
  const managementToken = await obtainManagementToken(client, manager, manager.indicator);
  const call = managementApi(client, managementToken);
  const post: Post = (path, body, status) => call('POST', path, body, status);

  const scopeIds = await createPermissions(post);
  const machineRole = await post('/roles', {
    name: 'Bench machine',
    description: 'Calls the API.',
    type: 'MachineToMachine',
    scopeIds,
  });
  // Assigned to all users, so that a sign-in has permissions to look up, as in a real system.
  await post('/roles', { name: 'Bench user', description: 'Uses the API.', type: 'User', isDefault: true, scopeIds });

  const machine = await post<{ id: string; secret: string }>('/applications', {
    name: 'Bench machine',
    type: 'MachineToMachine',
  });
  await post(`/applications/${machine.id}/roles`, { roleIds: [machineRole.id] }, 201);
  // Native and not SPA: its refresh tokens rotate at every use and keep their full life.
  const spa = await post('/applications', {
    name: 'Bench app',
    type: 'Native',
    oidcClientMetadata: { redirectUris: [redirectUri], postLogoutRedirectUris: [] },
    // As the limit and oidc-provider sign.
    customClientMetadata: { idTokenSignedResponseAlg: 'ES256' },
  });
  const users = await createUsers(post, userCount);
  const fixtures = {
    resource,
    scope: permissions.join(' '),
    machine: { id: machine.id, secret: machine.secret },
    spa: { id: spa.id, redirectUri },
    usernames: users.map(({ username }) => username),
    password,
  };
  return { fixtures, managementToken, users };
}

type Call = <Answer = Entity>(method: string, path: string, body: object, status?: number) => Promise<Answer>;
type Post = <Answer = Entity>(path: string, body: object, status?: number) => Promise<Answer>;

/** Calls the Management API. */
export const managementApi =
  (client: Pick<Client, 'send'>, managementToken: string): Call =>
  async <Answer>(method: string, path: string, body: object, status = 200) => {
    const headers = { authorization: `Bearer ${managementToken}`, 'content-type': 'application/json' };
    const reply = await client.send({ method, path: `/api${path}`, headers, body: JSON.stringify(body) }, status);
    return JSON.parse(reply.body.toString()) as Answer;
  };

async function createPermissions(post: Post): Promise<string[]> {
  const { id } = await post('/resources', { name: 'Bench API', indicator: resource }, 201);
  const scopeIds: string[] = [];
  for (const name of permissions)
    scopeIds.push((await post(`/resources/${id}/scopes`, { name, description: name }, 201)).id);
  return scopeIds;
}

/** All with the same password: what is measured is checking it, not choosing it. */
async function createUsers(post: Post, userCount: number): Promise<Person[]> {
  const passwordDigest = await hash(password, hashParameters);
  const users: Person[] = [];
  for (let number = 0; number < userCount; number += 1) {
    const username = `bench_user_${number}`;
    const email = `${username}@bench.example`;
    const { id } = await post('/users', {
      username,
      name: `Bench User ${number}`,
      primaryEmail: email,
      passwordDigest,
      passwordAlgorithm: 'Argon2id',
    });
    users.push({ id, username, email });
  }
  return users;
}

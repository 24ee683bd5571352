import * as contract from '@aldaba/contract';
import {
  type Command,
  type Invocation,
  type Option,
  type Output,
  oneOf,
  Refused,
  required,
  requireYes,
  text,
  texts,
  UsageError,
  word,
  yesOption,
} from './command.ts';
import { algorithmOption, readAlgorithm } from './keys.ts';
import { facts, moment, table } from './layout.ts';
import { moreLine, pageOptions, readPage, readSearch } from './paging.ts';

const types = ['Traditional', 'SPA', 'Native', 'MachineToMachine'] as const;
const uri: Option = { type: 'string', multiple: true, value: 'URL', description: '' };
const anApp = 'the application by its ID or exact name; "app list" shows them';

export const appCommands: readonly Command[] = [
  {
    name: 'app create',
    summary: 'Register an application; prints its ID and secret',
    example: 'app create --type Traditional --name "My app" --redirect-uri https://app.example.com/callback',
    options: {
      type: {
        type: 'string',
        value: types.join('|'),
        description:
          'Traditional runs on a server, SPA in a browser, Native on a device, MachineToMachine without users',
      },
      name: { type: 'string', value: 'text', description: 'Display name' },
      'redirect-uri': { ...uri, description: 'Where users return after sign-in; repeatable' },
      'post-logout-redirect-uri': { ...uri, description: 'Where users can return after sign-out; repeatable' },
      'id-token-alg': algorithmOption(
        'Signing algorithm of its ID tokens (default: the setting of the tenant, initially RS256)',
      ),
      'management-api': { type: 'boolean', description: 'Let a MachineToMachine application call the Management API' },
    },
    fields: {
      name: '--name',
      'oidcClientMetadata.redirectUris': '--redirect-uri',
      'oidcClientMetadata.postLogoutRedirectUris': '--post-logout-redirect-uri',
      'customClientMetadata.idTokenSignedResponseAlg': '--id-token-alg',
    },
    run: createApplication,
  },
  {
    name: 'app list',
    summary: 'List the applications',
    options: { search: { type: 'string', value: 'text', description: 'Part of the name or ID' }, ...pageOptions },
    run: listApplications,
  },
  {
    name: 'app show',
    summary: 'Show an application and its redirect URIs',
    words: '<app>',
    run: async (invocation) => describe(invocation, await findApplication(invocation)),
  },
  {
    name: 'app secret',
    summary: 'Show the secrets of an application, create or delete one',
    words: '<app>',
    example: 'app secret "My app" --create 2027',
    options: {
      create: { type: 'string', value: 'name', description: 'Create a secret with this name; the others stay valid' },
      delete: {
        type: 'string',
        value: 'name',
        description: 'Delete the secret with this name; clients that use it stop working',
      },
    },
    fields: { name: 'The name of the secret' },
    run: manageSecrets,
  },
  {
    name: 'app delete',
    summary: 'Delete an application and all its grants',
    words: '<app>',
    options: yesOption,
    async run(invocation) {
      const { id, name } = await findApplication(invocation);
      await requireYes(invocation, `Delete the application "${name}" (${id})? All its grants and tokens are revoked.`);
      await invocation.app.api.call(contract.deleteApplication, invocation.tenant, { params: { id } });
      return { text: [`Deleted the application "${name}" (${id}).`], data: { id, name, deleted: true } };
    },
  },
];

async function createApplication(invocation: Invocation): Promise<Output> {
  const { app, tenant } = invocation;
  const type = oneOf(required(invocation, 'type'), types, '--type');
  const name = required(invocation, 'name');
  const redirectUris = texts(invocation, 'redirect-uri');
  if (type !== 'MachineToMachine' && redirectUris.length === 0)
    throw new UsageError('--redirect-uri is missing: the address that users return to after sign-in.');
  const isAdmin = invocation.options['management-api'] === true;
  if (isAdmin && type !== 'MachineToMachine') throw new UsageError('--management-api is for --type MachineToMachine.');
  const postLogoutRedirectUris = texts(invocation, 'post-logout-redirect-uri');
  const idTokenSignedResponseAlg = readAlgorithm(invocation, 'id-token-alg');
  const created = await app.api.call(contract.createApplication, tenant, {
    body: {
      name,
      type,
      oidcClientMetadata: { redirectUris, postLogoutRedirectUris },
      ...(idTokenSignedResponseAlg ? { customClientMetadata: { idTokenSignedResponseAlg } } : {}),
    },
  });
  if (isAdmin)
    await app.api.call(contract.updateApplication, tenant, { params: { id: created.id }, body: { isAdmin } });
  const resource = isAdmin ? tenant.managementIndicator : undefined;
  return {
    text: facts([
      ['Application', `${created.name} (${created.type})`],
      ['Endpoint', tenant.baseUrl],
      ['App ID', created.id],
      ['App secret', created.secret],
      ['Resource', resource],
    ]),
    data: { ...created, endpoint: tenant.baseUrl, ...(resource ? { resource } : {}) },
  };
}

async function listApplications(invocation: Invocation): Promise<Output> {
  const page = readPage(invocation);
  const query = readSearch(invocation);
  const { items, total } = await invocation.app.api.list(contract.listApplications, invocation.tenant, { query, page });
  const rows = items.map((item) => [item.name, item.type, item.id, moment(item.createdAt)]);
  return {
    text: [
      ...table(
        ['Name', 'Type', 'App ID', 'Created (UTC)'],
        rows,
        'No applications exist. Register one with "app create".',
      ),
      ...moreLine(page, total),
    ],
    data: { total, items: items.map(({ secret: _secret, ...item }) => item) },
  };
}

/** The application that the first word names by its ID, or by a name that only one has. */
async function findApplication(invocation: Invocation): Promise<contract.Application> {
  const { app, tenant } = invocation;
  const name = word(invocation, anApp);
  const { items } = await app.api.list(contract.listApplications, tenant, {
    query: { 'search.id': name, 'search.name': name, 'mode.id': 'exact', 'mode.name': 'exact', joint: 'or' } as never,
    page: { number: 1, size: 2, limit: 2, offset: 0 },
  });
  const [found, another] = items;
  if (!found) throw new Refused(`No application "${name}" exists. "app list" lists all.`);
  if (another) throw new Refused(`Several applications are called "${name}". Name it by its ID; "app list" lists all.`);
  return found;
}

async function describe({ app, tenant }: Invocation, { id }: contract.Application): Promise<Output> {
  const { secret: _secret, ...shown } = await app.api.call(contract.getApplication, tenant, { params: { id } });
  const { redirectUris, postLogoutRedirectUris } = shown.oidcClientMetadata;
  return {
    text: facts([
      ['Application', `${shown.name} (${shown.type})`],
      ['Description', shown.description],
      ['Endpoint', tenant.baseUrl],
      ['App ID', id],
      ['Created', moment(shown.createdAt)],
      ...redirectUris.map((address) => ['Redirect URI', address] as const),
      ...postLogoutRedirectUris.map((address) => ['After sign-out', address] as const),
      ['Third party', shown.isThirdParty ? 'yes, users are asked for consent' : undefined],
      ['Management', shown.isAdmin ? `can call ${tenant.managementIndicator}` : undefined],
    ]),
    data: { ...shown, endpoint: tenant.baseUrl },
  };
}

async function manageSecrets(invocation: Invocation): Promise<Output> {
  const { app, tenant } = invocation;
  const { id } = await findApplication(invocation);
  const [create, remove] = [text(invocation, 'create'), text(invocation, 'delete')];
  if (create !== undefined && remove !== undefined) throw new UsageError('Give --create or --delete, not both.');
  if (create !== undefined)
    await app.api.call(contract.createApplicationSecret, tenant, { params: { id }, body: { name: create } });
  if (remove !== undefined)
    await app.api.call(contract.deleteApplicationSecret, tenant, { params: { id, name: remove } });
  const secrets = await app.api.call(contract.listApplicationSecrets, tenant, { params: { id } });
  const rows = secrets.map(({ name, value, createdAt, expiresAt }) => [
    name,
    value,
    moment(createdAt),
    moment(expiresAt),
  ]);
  return {
    text: table(
      ['Name', 'Secret', 'Created (UTC)', 'Expires (UTC)'],
      rows,
      'The application has no secret. SPA and Native applications do not need one.',
    ),
    data: secrets,
  };
}

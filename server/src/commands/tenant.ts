import { type Command, type Invocation, type Output, Refused, text, UsageError, word } from './command.ts';
import { facts, table } from './layout.ts';

export const tenantCommands: readonly Command[] = [
  {
    name: 'tenant create',
    summary: 'Create a tenant with its own users, applications, keys and sign-in settings',
    words: '<id>',
    example: 'tenant create acme --name "Acme"',
    options: { name: { type: 'string', value: 'text', description: 'Display name (default: the ID)' } },
    run: createTenant,
  },
  {
    name: 'tenant list',
    summary: 'List the tenants and their addresses',
    async run({ app }) {
      const tenants = await app.tenancy.list();
      const rows = tenants.map(({ id, name, baseUrl, isSuspended }) => [
        id,
        name,
        baseUrl,
        isSuspended ? 'suspended' : '',
      ]);
      return { text: table(['ID', 'Name', 'Address', 'State'], rows, 'No tenants exist.'), data: tenants };
    },
  },
];

async function createTenant(invocation: Invocation): Promise<Output> {
  const { tenancy } = invocation.app;
  const id = word(invocation, 'the tenant, e.g. acme; the ID becomes part of its address');
  if (!/^[a-z0-9][a-z0-9-]{0,20}$/.test(id))
    throw new UsageError(
      'A tenant ID has 1 to 21 lowercase letters, digits and hyphens, and does not start with a hyphen.',
    );
  const name = text(invocation, 'name') ?? id;
  if (name.trim() === '' || name.length > 128) throw new UsageError('--name must have 1 to 128 characters.');
  if ((await tenancy.list()).some((tenant) => tenant.id === id))
    throw new Refused(`The tenant "${id}" already exists. "tenant list" shows all.`);
  const tenant = await tenancy.create({ id, name });
  return {
    text: [
      ...facts([
        ['Tenant', `${tenant.name} (${tenant.id})`],
        ['Endpoint', tenant.baseUrl],
        ['Issuer', tenant.issuer],
        ['Resource', tenant.managementIndicator],
      ]),
      '',
      `Add --tenant ${id} to other commands to work on it, e.g. app create --tenant ${id} …`,
    ],
    data: {
      id: tenant.id,
      name: tenant.name,
      endpoint: tenant.baseUrl,
      issuer: tenant.issuer,
      resource: tenant.managementIndicator,
    },
  };
}

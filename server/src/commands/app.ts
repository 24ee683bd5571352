import { type Command, type Invocation, required, texts, UsageError } from './command.ts';

const applicationTypes = ['Native', 'SPA', 'Traditional', 'MachineToMachine'] as const;

export const appCommands: readonly Command[] = [
  {
    name: 'app create',
    summary: 'Register an application; prints its id and secret',
    usage:
      'app create --type Traditional|SPA|Native|MachineToMachine --name "My app" [--redirect-uri URL]… [--post-logout-redirect-uri URL]… [--management-api]',
    options: {
      type: { type: 'string' },
      name: { type: 'string' },
      'redirect-uri': { type: 'string', multiple: true },
      'post-logout-redirect-uri': { type: 'string', multiple: true },
      'management-api': { type: 'boolean' },
    },
    run: createApplication,
  },
];

async function createApplication(invocation: Invocation): Promise<void> {
  const { app, tenant, print } = invocation;
  const type = applicationTypes.find((known) => known === required(invocation, 'type'));
  if (!type) throw new UsageError(`--type must be one of ${applicationTypes.join(', ')}.`);
  const name = required(invocation, 'name');
  const redirectUris = texts(invocation, 'redirect-uri');
  if (type !== 'MachineToMachine' && redirectUris.length === 0)
    throw new UsageError('--redirect-uri is missing: where does your app take people back?');
  const isAdmin = invocation.options['management-api'] === true;
  if (isAdmin && type !== 'MachineToMachine') throw new UsageError('--management-api is for --type MachineToMachine.');
  const application = await tenant.db.transaction(async (tx) => {
    const created = await app.applications.create(tx, {
      name,
      type,
      oidcClientMetadata: { redirectUris, postLogoutRedirectUris: texts(invocation, 'post-logout-redirect-uri') },
    });
    return isAdmin ? { ...created, ...(await app.applications.update(tx, created.id, { isAdmin })) } : created;
  });
  print(`Application  ${application.name} (${application.type})`);
  print(`Endpoint     ${tenant.baseUrl}`);
  print(`App ID       ${application.id}`);
  if (application.secret) print(`App secret   ${application.secret}`);
  if (isAdmin) print(`Resource     ${tenant.managementIndicator}`);
}

/** The `aldaba` command line as a table: one entry a command. `cli.ts` parses the arguments and runs one. */
import type { ParseArgsOptionsConfig } from 'node:util';
import type { App } from './app.ts';
import { AldabaError } from './kernel/errors.ts';
import { standardSecret } from './kernel/ids.ts';
import type { Tenant } from './tenancy/index.ts';

/** What a command gets: the wired app, the tenant that `--tenant` names, and the parsed options. */
export interface Invocation {
  app: App;
  tenant: Tenant;
  options: Record<string, string | boolean | (string | boolean)[] | undefined>;
  /** Words after the command's name. */
  words: string[];
  print(line: string): void;
}

export interface Command {
  /** One or two words, e.g. `app create`. */
  name: string;
  summary: string;
  usage: string;
  options?: ParseArgsOptionsConfig;
  run(invocation: Invocation): Promise<void>;
}

/** The arguments were wrong: the message says which, and the usage is printed after it. */
export class UsageError extends Error {}

const text = (invocation: Invocation, name: string): string | undefined => {
  const value = invocation.options[name];
  return typeof value === 'string' ? value : undefined;
};
const texts = (invocation: Invocation, name: string): string[] => {
  const value = invocation.options[name];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
};
const required = (invocation: Invocation, name: string): string => {
  const value = text(invocation, name);
  if (!value) throw new UsageError(`--${name} is missing.`);
  return value;
};

const applicationTypes = ['Native', 'SPA', 'Traditional', 'MachineToMachine'] as const;

export const commands: readonly Command[] = [
  {
    name: 'migrate',
    summary: 'Bring the database up to date (the server does it at every start, too)',
    usage: 'migrate',
    // Composing the app has migrated already.
    run: async ({ print }) => print('The database is up to date.'),
  },
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
  {
    name: 'user create',
    summary: 'Create a user who signs in with a username and a password',
    usage:
      'user create --username ana [--password …] [--name "Ana"] [--email ana@example.com]   (a password is made up if none is given)',
    options: {
      username: { type: 'string' },
      password: { type: 'string' },
      name: { type: 'string' },
      email: { type: 'string' },
    },
    run: createUser,
  },
  {
    name: 'connector list',
    summary: 'List the kinds of connectors and those that are configured',
    usage: 'connector list',
    run: listConnectors,
  },
  {
    name: 'connector add',
    summary: 'Configure a connector, and with --enable show it on the sign-in page',
    usage: 'connector add wechat-native --set appId=wx… --set appSecret=… [--set universalLinks=https://…] [--enable]',
    options: { set: { type: 'string', multiple: true }, enable: { type: 'boolean' } },
    run: addConnector,
  },
  {
    name: 'connector set',
    summary: 'Change fields of a configured connector; the others stay as they are',
    usage: 'connector set wechat-native --set appSecret=…   (or its row id)',
    options: { set: { type: 'string', multiple: true } },
    run: setConnector,
  },
  {
    name: 'connector remove',
    summary: 'Remove a configured connector; people keep the identities that it gave them',
    usage: 'connector remove wechat-native   (or its row id)',
    async run(invocation) {
      const row = await configuredConnector(invocation);
      await invocation.app.connectors.remove(invocation.tenant, row.id);
      invocation.print(`Removed ${row.connectorId} (${row.id}).`);
    },
  },
  {
    name: 'sign-up',
    summary: 'Choose what people sign up with; "none" means social only ("not applicable")',
    usage: 'sign-up username|none',
    run: chooseSignUp,
  },
  {
    name: 'sandbox',
    summary: 'Let Aldaba play WeChat for this tenant, to try WeChat sign-in without an approved app',
    usage: 'sandbox on|off',
    run: switchSandbox,
  },
  {
    name: 'admin link',
    summary: 'Print a one-time link that creates an administrator',
    usage: 'admin link',
    async run({ app, print }) {
      print('This link works once, for 30 minutes:');
      print(await app.createAdminLink());
    },
  },
  {
    name: 'keys rotate',
    summary: 'Sign with a new key from now on; the old one stays published for checking',
    usage: 'keys rotate [--algorithm ES256|ES384|ES512|RS256|PS256]',
    options: { algorithm: { type: 'string' } },
    run: rotateKeys,
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

async function createUser(invocation: Invocation): Promise<void> {
  const { app, tenant, print } = invocation;
  const username = required(invocation, 'username');
  const given = text(invocation, 'password');
  const password = given ?? standardSecret();
  const digest = await app.passwords.hash(password);
  const user = await tenant.db.transaction((tx) =>
    app.users.create(tx, {
      username,
      password: digest,
      name: text(invocation, 'name'),
      primaryEmail: text(invocation, 'email'),
    }),
  );
  print(`User         ${username}`);
  print(`User ID      ${user.id}`);
  if (given === undefined) print(`Password     ${password}`);
}

async function listConnectors({ app, tenant, print }: Invocation): Promise<void> {
  const configured = await app.connectors.list(tenant);
  for (const { id, name, type } of await app.connectors.factories('en')) {
    const rows = configured.filter((connector) => connector.connectorId === id).map((connector) => connector.id);
    print(
      `${id.padEnd(24)} ${type.padEnd(7)} ${name.en}${rows.length > 0 ? `   configured as ${rows.join(', ')}` : ''}`,
    );
  }
}

function fields(invocation: Invocation): Record<string, string> {
  const config: Record<string, string> = {};
  for (const pair of texts(invocation, 'set')) {
    const split = pair.indexOf('=');
    if (split < 1) throw new UsageError(`--set ${pair} must be name=value.`);
    config[pair.slice(0, split)] = pair.slice(split + 1);
  }
  return config;
}

/** The configured connector that the first word names, by the id of its kind or of its row. */
async function configuredConnector({ app, tenant, words }: Invocation) {
  const [name] = words;
  if (!name) throw new UsageError('Say which connector, e.g. wechat-native. "connector list" shows them.');
  const rows = (await app.connectors.list(tenant)).filter((row) => row.connectorId === name || row.id === name);
  const [row, another] = rows;
  if (!row) throw new UsageError(`No connector "${name}" is configured. "connector list" shows them.`);
  if (another) throw new UsageError(`Several connectors are of the kind "${name}": name one by its row id.`);
  return row;
}

async function addConnector(invocation: Invocation): Promise<void> {
  const { app, tenant, words, print } = invocation;
  const [factoryId] = words;
  if (!factoryId) throw new UsageError('Say which connector, e.g. wechat-native. "connector list" shows them.');
  const connector = await app.connectors.create(tenant, { connectorId: factoryId, config: fields(invocation) });
  print(`Connector    ${connector.kind.metadata.name.en} (${connector.connectorId})`);
  print(`Row id       ${connector.id}`);
  if (invocation.options.enable === true) {
    const { socialSignInConnectorTargets: targets } = await app.signInExperiences.get(tenant);
    if (!targets.includes(connector.target)) {
      await app.signInExperiences.update(tenant, { socialSignInConnectorTargets: [...targets, connector.target] });
    }
    print('Enabled      in the sign-in experience');
  }
}

async function setConnector(invocation: Invocation): Promise<void> {
  const { app, tenant, print } = invocation;
  const row = await configuredConnector(invocation);
  const change = fields(invocation);
  if (Object.keys(change).length === 0) throw new UsageError('--set is missing: which field changes?');
  const { config } = await app.connectors.show(tenant, row, 'en');
  await app.connectors.update(tenant, row.id, { config: { ...config, ...change } });
  print(`Changed ${Object.keys(change).join(', ')} of ${row.connectorId} (${row.id}).`);
}

async function chooseSignUp({ app, tenant, words, print }: Invocation): Promise<void> {
  const [choice] = words;
  if (choice !== 'username' && choice !== 'none') throw new UsageError('Choose "username" or "none".');
  const withUsername = choice === 'username';
  await app.signInExperiences.update(tenant, {
    signUp: { identifiers: withUsername ? ['username'] : [], password: withUsername, verify: false },
    signIn: {
      methods: withUsername
        ? [{ identifier: 'username', password: true, verificationCode: false, isPasswordPrimary: true }]
        : [],
    },
  });
  print(
    withUsername ? 'People sign up with a username and a password.' : 'People sign up and in through connectors only.',
  );
}

async function switchSandbox({ app, tenant, words, print }: Invocation): Promise<void> {
  const [choice] = words;
  if (choice !== 'on' && choice !== 'off') throw new UsageError('Say "on" or "off".');
  await app.sandbox.setEnabled(tenant, choice === 'on');
  print(choice === 'on' ? `The sandbox is on: ${tenant.baseUrl}/sandbox` : 'The sandbox is off.');
}

const algorithms = ['ES256', 'ES384', 'ES512', 'RS256', 'PS256'] as const;

async function rotateKeys(invocation: Invocation): Promise<void> {
  const { app, tenant, print } = invocation;
  const given = text(invocation, 'algorithm');
  const algorithm = algorithms.find((known) => known === given);
  if (given !== undefined && !algorithm) throw new UsageError(`--algorithm must be one of ${algorithms.join(', ')}.`);
  await app.keys.rotate(tenant, algorithm ? { algorithm } : {});
  print('New tokens are signed with a new key. Tokens of the old key stay valid until they expire.');
}

/** A failure as a sentence for the terminal: ours say what to do, with the details that name the field. */
export const explain = (error: unknown): string =>
  error instanceof AldabaError
    ? `${error.message}${error.data === undefined ? '' : ` (${JSON.stringify(error.data)})`}`
    : String(error instanceof Error ? error.message : error);

import { type Command, type Invocation, texts, UsageError } from './command.ts';

export const connectorCommands: readonly Command[] = [
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
];

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

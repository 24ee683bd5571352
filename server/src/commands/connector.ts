import { ConnectorError } from '@aldaba/connectors/kit';
import * as contract from '@aldaba/contract';
import { loadConnectorKinds } from '../app.ts';
import { AldabaError, sentenceOf } from '../kernel/errors.ts';
import { createLog } from '../kernel/log.ts';
import {
  type Command,
  type FilesInvocation,
  type Invocation,
  type Option,
  type Output,
  Refused,
  text,
  UsageError,
} from './command.ts';
import { describeFields, readFields, withFields } from './connector-config.ts';
import { installConnectors } from './connector-install.ts';
import { facts, table } from './layout.ts';
import { waysIn } from './ways-in.ts';

const anyConnector = 'the connector, e.g. wechat-native; "connector list" shows them';
const config: Readonly<Record<string, Option>> = {
  set: { type: 'string', multiple: true, value: 'name=value', description: 'A configuration field; repeatable' },
  config: {
    type: 'string',
    value: 'file.json',
    description: 'Configuration fields of any type from a JSON file; - reads standard input',
  },
};

export const connectorCommands: readonly Command[] = [
  {
    name: 'connector list',
    summary: 'List the available and the configured connectors',
    usesConnectors: true,
    run: listConnectors,
  },
  {
    name: 'connector install',
    summary: 'Install published connector packages from npm',
    words: '<package>…',
    example: 'connector install @logto/connector-saml',
    needs: 'files',
    run: installConnectors,
  },
  {
    name: 'connector add',
    summary: 'Configure a connector; --enable shows it on the sign-in page',
    words: '<kind>',
    example: 'connector add wechat-native --set appId=wx… --set appSecret=… --enable',
    usesConnectors: true,
    options: {
      ...config,
      enable: { type: 'boolean', description: 'Show the connector on the sign-in page' },
      target: {
        type: 'string',
        value: 'name',
        description: 'Target of its own, for OAuth, OIDC and SAML connectors',
      },
    },
    help: fieldHelp,
    run: addConnector,
  },
  {
    name: 'connector set',
    summary: 'Change a configured connector, or show or hide it on the sign-in page',
    words: '<kind or row ID>',
    example: 'connector set wechat-native --set appSecret=…',
    usesConnectors: true,
    options: {
      ...config,
      enable: { type: 'boolean', description: 'Show the connector on the sign-in page' },
      disable: { type: 'boolean', description: 'Hide it' },
    },
    help: fieldHelp,
    run: setConnector,
  },
  {
    name: 'connector test',
    summary: 'Send a test message through a configured email or SMS connector',
    words: '<kind or row ID>',
    example: 'connector test simple-mail-transfer-protocol --to ana@example.com',
    usesConnectors: true,
    options: { to: { type: 'string', value: 'address', description: 'Email address or phone number' } },
    run: testConnector,
  },
  {
    name: 'connector remove',
    summary: 'Remove a configured connector; users keep their linked identities',
    words: '<kind or row ID>',
    usesConnectors: true,
    async run(invocation) {
      const row = await configuredConnector(invocation);
      const settings = await invocation.app.signInExperiences.get(invocation.tenant);
      await requireWayIn(invocation, settings, row.id);
      await invocation.app.api.call(contract.deleteConnector, invocation.tenant, { params: { id: row.id } });
      return { text: [`Removed ${row.connectorId} (${row.id}).`], data: { id: row.id, removed: true } };
    },
  },
];

async function fieldHelp({ config: settings, dataFolder, words }: FilesInvocation): Promise<string[]> {
  const kinds = await loadConnectorKinds(settings, { dataFolder, log: createLog(settings.LOG_LEVEL, 2) });
  const kind = kinds.find(({ metadata }) => metadata.id === words[0]);
  return kind
    ? describeFields(kind)
    : [
        'To see the fields of a connector, use e.g. connector add wechat-native --help:',
        ...kinds.map((k) => `  ${k.metadata.id}`),
      ];
}

async function listConnectors({ app, tenant }: Invocation): Promise<Output> {
  const [configured, settings] = [await app.connectors.list(tenant), await app.signInExperiences.get(tenant)];
  const factories = await app.api.call(contract.listConnectorFactories, tenant);
  const rows = factories.map(({ id, type, name }) => {
    const ids = configured.filter((row) => row.connectorId === id).map((row) => row.id);
    return [id, type, name.en, ids.join(', ')];
  });
  const state = configured.map((row) => ({
    id: row.id,
    kind: row.connectorId,
    type: row.type,
    target: row.target,
    isComplete: row.isUsable,
    isEnabled: row.type !== 'Social' || settings.socialSignInConnectorTargets.includes(row.target),
  }));
  return {
    text: [
      ...table(['Kind', 'Type', 'Name', 'Configured as'], rows, 'No connectors are available.'),
      ...state.flatMap((row) => {
        if (!row.isComplete)
          return [`${row.kind} (${row.id}) is missing required fields: connector set ${row.kind} --help`];
        return row.isEnabled
          ? []
          : [`${row.kind} (${row.id}) is not on the sign-in page: connector set ${row.kind} --enable`];
      }),
    ],
    data: { kinds: factories.map(({ id, type, name }) => ({ id, type, name: name.en })), configured: state },
  };
}

/** The configured connector that the first word names, by the id of its kind or of its row. */
async function configuredConnector({ app, tenant, words }: Invocation) {
  const [name] = words;
  if (!name) throw new UsageError(`Name ${anyConnector}.`);
  const rows = (await app.connectors.list(tenant)).filter((row) => row.connectorId === name || row.id === name);
  const [row, another] = rows;
  if (!row) throw new Refused(`No connector "${name}" is configured. "connector list" shows them.`);
  if (another) throw new Refused(`Several connectors of the kind "${name}" are configured. Use the row ID.`);
  return row;
}

async function addConnector(invocation: Invocation): Promise<Output> {
  const { app, tenant, words } = invocation;
  const [kindId] = words;
  if (!kindId) throw new UsageError(`Name ${anyConnector}.`);
  const kind = app.connectors.kind(kindId);
  if (!kind)
    throw new Refused(
      `No connector "${kindId}" is available. "connector list" shows all; "connector install" adds published packages.`,
    );
  const fields = await readFields(invocation, kind);
  const target = text(invocation, 'target');
  const connector = await app.api.call(contract.createConnector, tenant, {
    body: {
      connectorId: kindId,
      config: withFields({}, fields),
      ...(target === undefined ? {} : { metadata: { target } }),
    },
  });
  if (invocation.options.enable === true) await enable(invocation, connector.target, true);
  return {
    text: facts([
      ['Connector', `${kind.metadata.name.en} (${connector.connectorId})`],
      ['Row ID', connector.id],
      ['Enabled', invocation.options.enable === true ? 'in the sign-in experience' : undefined],
    ]),
    data: { id: connector.id, kind: connector.connectorId, target: connector.target },
  };
}

async function enable({ app, tenant }: Invocation, target: string, isEnabled: boolean): Promise<void> {
  const { socialSignInConnectorTargets: before } = await app.signInExperiences.get(tenant);
  if (before.includes(target) === isEnabled) return;
  const targets = isEnabled ? [...before, target] : before.filter((other) => other !== target);
  await app.api.call(contract.updateSignInExperience, tenant, { body: { socialSignInConnectorTargets: targets } });
}

async function setConnector(invocation: Invocation): Promise<Output> {
  const { app, tenant, options } = invocation;
  const row = await configuredConnector(invocation);
  const [shows, hides] = [options.enable === true, options.disable === true];
  if (shows && hides) throw new UsageError('Give --enable or --disable, not both.');
  const change = await readFields(invocation, row.kind);
  const names = Object.keys(change);
  if (names.length === 0 && !shows && !hides)
    throw new UsageError('Nothing to change: give --set, --config, --enable or --disable.');
  if ((shows || hides) && row.type !== 'Social')
    throw new UsageError(`${row.connectorId} sends messages. Only social connectors appear on the sign-in page.`);
  if (hides) {
    const settings = await app.signInExperiences.get(tenant);
    const targets = settings.socialSignInConnectorTargets.filter((other) => other !== row.target);
    await requireWayIn(invocation, { ...settings, socialSignInConnectorTargets: targets });
  }
  if (names.length > 0) {
    const { config: before } = await app.api.call(contract.getConnector, tenant, { params: { id: row.id } });
    const body = { config: withFields(before as Record<string, unknown>, change) };
    await app.api.call(contract.updateConnector, tenant, { params: { id: row.id }, body });
  }
  if (shows || hides) await enable(invocation, row.target, shows);
  const done = [
    ...(names.length > 0 ? [`Changed ${names.join(', ')} of ${row.connectorId} (${row.id}).`] : []),
    ...(shows ? [`${row.connectorId} is on the sign-in page.`] : []),
    ...(hides ? [`${row.connectorId} is not on the sign-in page.`] : []),
  ];
  return { text: done, data: { id: row.id, changed: names, ...(shows || hides ? { enabled: shows } : {}) } };
}

async function testConnector(invocation: Invocation): Promise<Output> {
  const { app, tenant } = invocation;
  const row = await configuredConnector(invocation);
  const to = text(invocation, 'to');
  if (!to) throw new UsageError('--to is missing: the recipient of the test message.');
  if (row.type === 'Social') throw new Refused(`${row.connectorId} does not send messages.`);
  const { config: settings } = await app.api.call(contract.getConnector, tenant, { params: { id: row.id } });
  const body = { ...(row.type === 'Email' ? { email: to } : { phone: to }), config: settings };
  try {
    await app.api.call(contract.testConnector, tenant, { params: { factoryId: row.connectorId }, body });
  } catch (error) {
    throw refusedByProvider(error, app, row.connectorId);
  }
  return { text: [`Sent a test message to ${to}.`], data: { id: row.id, to } };
}

/** A provider writes for its own developers, sometimes with addresses or tokens: its words go to the log alone. */
function refusedByProvider(error: unknown, { log }: Invocation['app'], connector: string): unknown {
  if (!(error instanceof AldabaError && error.cause instanceof ConnectorError)) return error;
  const { code, data } = error;
  log.info({ connector, code, data }, 'A provider refused a test message');
  const sentence = code === 'connector.general' ? 'The provider did not accept the message.' : sentenceOf(code);
  return new Refused(`${sentence} Use LOG_LEVEL=info to log its response. (${code})`, { code, cause: error });
}

/** @throws Refused when no user could sign in any more */
async function requireWayIn(
  invocation: Invocation,
  settings: Parameters<typeof waysIn>[1],
  without?: string,
): Promise<void> {
  if ((await waysIn(invocation, settings, without)).length > 0) return;
  throw new Refused(
    'This is the only sign-in method. Without it, no user could sign in. Choose another one first, e.g. sign-up username.',
  );
}

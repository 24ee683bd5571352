import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { builtInConnectors } from '@aldaba/connectors';
import { connectorsFolderOf, prepareConnectorsFolder } from '../connectors-folder.ts';
import { loadConnectorPackages } from '../features/connectors/connectors/index.ts';
import { type FilesInvocation, type Output, Refused, UsageError } from './command.ts';

/** A name on npm with an optional version or tag; nothing that npm would read as a folder, an address or an option. */
const packageName = /^(@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*(@[a-z0-9^~.*-]+)?$/i;

/** Installs packages with npm into the connectors folder, and reports whether each can be loaded. */
export async function installConnectors(invocation: FilesInvocation): Promise<Output> {
  const { config, dataFolder, words } = invocation;
  if (words.length === 0) throw new UsageError('Name the package, e.g. @logto/connector-saml.');
  const strange = words.filter((name) => !packageName.test(name));
  if (strange.length > 0)
    throw new UsageError(
      `${strange.join(', ')} is not a package name such as @logto/connector-saml or @logto/connector-saml@1.3.6.`,
    );
  const folder = connectorsFolderOf(config, dataFolder);
  await prepareConnectorsFolder(folder);
  invocation.progress(`Installing into ${folder}`);
  // Packages run inside the server: no script of theirs gets to run while they are installed.
  const args = ['install', '--ignore-scripts', '--save-exact', '--no-audit', '--no-fund', '--loglevel=error', ...words];
  const code = await invocation.runProgram('npm', args, folder);
  if (code !== 0)
    throw new Refused('The installation with npm failed; see its message above. Nothing else was changed.');
  const wanted = new Set(words.map((name) => name.replace(/(?<=.)@[^@/]*$/, '')));
  const results = await tryToLoad(folder, wanted);
  const failed = results.filter(({ reason }) => reason !== undefined);
  return {
    text: [
      ...results.map(({ name, version, kind, reason }) =>
        kind
          ? `Installed ${name} ${version}: connector add ${kind} --help shows its fields.`
          : `${name} cannot be loaded: ${reason}`,
      ),
      ...(failed.length < results.length ? ['Restart a running server to load it.'] : []),
    ],
    data: results,
    exitCode: failed.length > 0 ? 1 : 0,
  };
}

interface Installed {
  name: string;
  version: string;
  kind?: string;
  reason?: string;
}

async function tryToLoad(folder: string, wanted: ReadonlySet<string>): Promise<Installed[]> {
  const kinds = new Map<string, string>();
  const reasons = new Map<string, string>();
  const note = (fields: Readonly<Record<string, unknown>>) => {
    const name = String(fields.package);
    if (typeof fields.connector === 'string') kinds.set(name, fields.connector);
    if (typeof fields.reason === 'string') reasons.set(name, fields.reason);
  };
  const takenIds = builtInConnectors.map(({ metadata }) => metadata.id);
  await loadConnectorPackages({ folder, takenIds, log: { info: note, warn: note, error: note } });
  return Promise.all(
    [...wanted].map(async (name) => {
      const short = name.slice(name.indexOf('/') + 1);
      const manifest = JSON.parse(await readFile(join(folder, 'node_modules', name, 'package.json'), 'utf8'));
      const kind = kinds.get(short);
      const reason =
        reasons.get(short) ??
        (name.startsWith('@logto/connector-') ? undefined : 'only @logto/connector-* packages are loaded');
      return {
        name,
        version: String(manifest.version),
        ...(kind ? { kind } : { reason: reason ?? 'it is not a connector package' }),
      };
    }),
  );
}

import { readdir, readFile, realpath } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  type Connector,
  ConnectorError,
  type ConnectorLog,
  type ConnectorMetadata,
  parseMetadata,
  withTimeLimit,
} from '@aldaba/connectors/kit';
import { z } from 'zod';
import { connectorOfPackage, type KitError, type PackageFactory, readPackageConnector } from './package-adapter.ts';

/*
 * Finds the published connector packages that an operator put into the connectors folder, unmodified, and loads each
 * through one adapter. Two layouts are supported: `<folder>/<package>/package.json` (an unpacked package with its own
 * node_modules) and `<folder>/node_modules/@logto/connector-*` (the result of `npm install`). A package runs with the
 * server's privileges: only an operator can add one, and no path here comes from a request.
 */

/** The major version of the published kit that the adapter supports. */
const kitMajor = 5;
const kitName = '@logto/connector-kit';
/** Time limit for loading a package, in milliseconds. */
const loadLimit = 10_000;

const packageJson = z.object({
  name: z.string().min(1),
  dependencies: z.record(z.string(), z.string()).default({}),
  main: z.string().optional(),
  exports: z.unknown().optional(),
});

/** JSON text of a shape. */
const jsonOf = <Shape extends z.ZodType>(shape: Shape) =>
  z
    .string()
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown;
      } catch {
        // The caller reports it.
        context.addIssue({ code: 'custom', message: 'is not JSON' });
        return z.NEVER;
      }
    })
    .pipe(shape);

/** Whether a package's declared version range of the kit stays within the supported major version. */
const speaksOurKit = (range: string | undefined): boolean =>
  range !== undefined &&
  (range.startsWith('workspace:') || new RegExp(`^[\\^~]?${kitMajor}(\\.|$)`).test(range.trim()));

/** Failures that the operator can fix; the message is logged. */
class Refusal extends Error {}

const entryOf = (manifest: z.output<typeof packageJson>): string => {
  const target = z.union([z.string(), z.object({ import: z.string() }), z.object({ default: z.string() })]);
  const shape = z
    .union([z.object({ '.': target }).transform((value) => value['.']), target])
    .safeParse(manifest.exports);
  if (!shape.success) return manifest.main ?? 'index.js';
  if (typeof shape.data === 'string') return shape.data;
  return 'import' in shape.data ? shape.data.import : shape.data.default;
};

/** The real path of a file inside the package, or undefined if it does not exist or is outside. */
const fileInside = async (root: string, path: string): Promise<string | undefined> => {
  try {
    const file = await realpath(resolve(root, path));
    return file.startsWith(root + sep) ? file : undefined;
  } catch {
    // Metadata may contain text or a path; if no such file exists, it is text.
    return undefined;
  }
};

const imageTypes: Readonly<Record<string, string>> = { '.svg': 'image/svg+xml', '.png': 'image/png' };

const resolveImage = async (root: string, image: string): Promise<string> => {
  if (/^(https?:|data:)/.test(image)) return image;
  const file = await fileInside(root, image);
  const type = imageTypes[extname(image).toLowerCase()];
  if (file === undefined || type === undefined)
    throw new Refusal(`its logo ${image} is not an SVG or PNG file of the package`);
  return `data:${type};base64,${await readFile(file, 'base64')}`;
};

const resolveText = async (root: string, text: string): Promise<string> => {
  const file = text.length < 256 && !text.includes('\0') ? await fileInside(root, text) : undefined;
  return file === undefined ? text : readFile(file, 'utf8');
};

const rawMetadata = z.looseObject({
  name: z.looseObject({ en: z.string() }),
  logo: z.string(),
  logoDark: z.string().nullish(),
  platform: z.string().nullish(),
  readme: z.string().nullish(),
  configTemplate: z.string().nullish(),
  formItems: z.array(z.unknown()).nullish(),
});

/** The metadata of a package with the contents of its files. */
const resolveMetadata = async (root: string, type: unknown, value: unknown): Promise<ConnectorMetadata> => {
  const raw = rawMetadata.safeParse(value);
  if (!raw.success) throw new ConnectorError('invalid_metadata');
  const { readme, configTemplate, logo, logoDark, ...rest } = raw.data;
  return parseMetadata({
    ...rest,
    type,
    platform: rest.platform ?? null,
    logo: await resolveImage(root, logo),
    logoDark: logoDark ? await resolveImage(root, logoDark) : null,
    guide: { text: { en: await resolveText(root, readme ?? `# ${rest.name.en}`) } },
    formItems: rest.formItems ?? [],
    ...(configTemplate ? { configTemplate: await resolveText(root, configTemplate) } : {}),
  });
};

const readManifest = async (root: string): Promise<z.output<typeof packageJson>> => {
  const file = await readFile(join(root, 'package.json'), 'utf8');
  try {
    return packageJson.parse(JSON.parse(file));
  } catch (error) {
    throw new Refusal('its package.json is not one of an npm package', { cause: error });
  }
};

const loadPackage = async (folder: string): Promise<Connector> => {
  const root = await realpath(folder);
  const manifest = await readManifest(root);
  const range = manifest.dependencies[kitName];
  if (!speaksOurKit(range)) {
    const found = range === undefined ? `does not depend on ${kitName}` : `needs ${kitName} ${range}`;
    throw new Refusal(`it ${found}; version ${kitMajor} is supported`);
  }
  const entry = await fileInside(root, entryOf(manifest));
  if (entry === undefined) throw new Refusal('its entry file does not exist; install the package completely');
  const module: { default?: unknown } = await import(pathToFileURL(entry).href);
  const { factory, loaded } = await readPackageConnector(module.default);
  const metadata = await resolveMetadata(root, loaded.type, loaded.metadata);
  return connectorOfPackage({
    packageName: manifest.name,
    factory: factory as PackageFactory,
    loaded,
    metadata,
    kitError: await findKitError(dirname(entry)),
  });
};

/** The error class of the kit that a package file imports; undefined if it resolves to none. */
const findKitError = async (folder: string): Promise<KitError | undefined> => {
  const root = join(folder, 'node_modules', ...kitName.split('/'));
  if ((await listFolder(root)).includes('package.json')) {
    const entry = await fileInside(await realpath(root), entryOf(await readManifest(root)));
    const kit: { ConnectorError?: unknown } = entry === undefined ? {} : await import(pathToFileURL(entry).href);
    return typeof kit.ConnectorError === 'function' ? (kit.ConnectorError as KitError) : undefined;
  }
  const parent = dirname(folder);
  return parent === folder ? undefined : findKitError(parent);
};

const listFolder = async (folder: string): Promise<string[]> => {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    // A missing folder means that no packages were added. Other errors (no permission) are reported to the operator.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || (error as NodeJS.ErrnoException).code === 'ENOTDIR')
      return [];
    throw error;
  }
};

/**
 * Whether an installed package is one that the operator chose. Some depend on others, such as connector-oauth, which
 * are not connectors of their own here. Without a package.json all are chosen.
 */
const chosenIn = async (folder: string): Promise<(name: string) => boolean> => {
  if (!(await listFolder(folder)).includes('package.json')) return () => true;
  const text = await readFile(join(folder, 'package.json'), 'utf8');
  const manifest = jsonOf(packageJson.pick({ dependencies: true })).safeParse(text);
  return (name) => !manifest.success || Object.hasOwn(manifest.data.dependencies, `@logto/${name}`);
};

const findPackages = async (folder: string): Promise<string[]> => {
  const unpacked = (await listFolder(folder)).filter((name) => name !== 'node_modules' && !name.startsWith('.'));
  const isChosen = await chosenIn(folder);
  const installed = (await listFolder(join(folder, 'node_modules', '@logto'))).filter(
    (name) => name.startsWith('connector-') && name !== 'connector-kit' && isChosen(name),
  );
  const candidates = [
    ...unpacked.map((name) => join(folder, name)),
    ...installed.map((name) => join(folder, 'node_modules', '@logto', name)),
  ];
  const withManifest = await Promise.all(
    candidates.map(async (candidate) => (await listFolder(candidate)).includes('package.json')),
  );
  return candidates.filter((_, index) => withManifest[index]);
};

/** Why a package was skipped, for the operator. */
const reasonOf = (error: unknown): string => {
  if (error instanceof Refusal) return error.message;
  if (error instanceof ConnectorError) {
    return error.code === 'timeout'
      ? `it did not load within ${loadLimit / 1000} seconds`
      : `${error.code} ${JSON.stringify(error.data ?? {})}`;
  }
  return error instanceof Error ? `it threw while loading: ${error.name}: ${error.message}` : 'it threw while loading';
};

export interface PackageFolder {
  /** Absolute path; the folder need not exist. */
  readonly folder: string;
  /** Ids already taken by the built-in connectors. */
  readonly takenIds: Iterable<string>;
  readonly log: ConnectorLog;
}

/**
 * Loads every connector package of a folder, in the order of their names. A package that throws, needs another version
 * of the kit, or has a taken id is skipped with a log line; the others are loaded.
 */
export const loadConnectorPackages = async ({ folder, takenIds, log }: PackageFolder): Promise<Connector[]> => {
  const ids = new Set(takenIds);
  const connectors: Connector[] = [];
  for (const candidate of await findPackages(folder)) {
    const name = basename(candidate);
    try {
      const connector = await withTimeLimit(loadLimit, undefined, () => loadPackage(candidate));
      const { id } = connector.metadata;
      if (ids.has(id)) throw new Refusal(`there is a connector with the id ${id} already`);
      ids.add(id);
      connectors.push(connector);
      log.info({ package: name, connector: id }, `Loaded the connector package ${name}`);
    } catch (error) {
      log.warn({ package: name, reason: reasonOf(error) }, `Skipped the connector package ${name}: ${reasonOf(error)}`);
    }
  }
  return connectors;
};

/**
 * `npm run bench`: measures Aldaba beside the machine's limit and beside `oidc-provider`, in one run, and prints one
 * table. docs/operate/performance.md says how to read it. Runs under Node 24; scripts/bench.mjs builds the server
 * first.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { breachedPasswordsId, measureBreachedPasswords } from './breached-passwords.ts';
import { memoryOf, proportionalMemory } from './channel.ts';
import { measureStartup, weighSignInPage } from './footprint.ts';
import { keyRotationId, measureKeyRotation } from './key-rotation.ts';
import { measureLarge } from './large.ts';
import { ldapId, measureLdap } from './ldap.ts';
import { learnOperation } from './limit-operation.ts';
import { runLoad } from './load.ts';
import { type Contender, measure } from './measurement.ts';
import { type Options, readOptions } from './options.ts';
import { measurePasswordQueue, passwordQueueId } from './password-queue.ts';
import type { Row } from './rows.ts';
import { measureSaml, samlId } from './saml.ts';
import { measureSamlSignIns, samlSignInsId } from './saml-sign-ins.ts';
import { measureScim, scimId } from './scim.ts';
import { freePort, type Servers, startServers } from './servers.ts';
import { measureSignIns, signInsId } from './sign-ins.ts';
import { measureSignInMemory, signInsMemoryId } from './sign-ins-memory.ts';
import { describeMachine, type Measured, operationsTable, weightsTable } from './table.ts';

/** The command's options, and what the script knows. */
type Setup = Options & { root: string; flags: string[] };

const say = (line: string) => process.stderr.write(`${line}\n`);

async function measureRow(row: Row, servers: Servers, options: Options): Promise<Measured> {
  const { aldaba, oidcProvider, limit } = servers;
  const operation = row.operation(aldaba.target);
  const learnt = await learnOperation(row, aldaba.target, limit);
  const contenders: Record<string, Contender> = {
    aldaba: { subject: aldaba.subject, operation },
    limit: { subject: limit.subject, operation: learnt },
    ...(row.oidcProvider
      ? { oidcProvider: { subject: oidcProvider.subject, operation: row.operation(oidcProvider.target) } }
      : {}),
  };
  const operations = Math.ceil(row.operations * options.effort);
  // Cheap rows warm up in full even for a quick look: code that is not compiled yet costs several times as much.
  const warmUp = row.aim?.beyondHash ? operations : row.operations;
  const results = await measure(contenders, { parallel: row.parallel, warmUp, operations, runs: options.runs });
  if (options.profile) {
    await aldaba.subject.ask('startProfile');
    await runLoad(operation, operations, row.parallel);
    await aldaba.subject.ask('stopProfile', join(options.profile, `${row.id}.cpuprofile`));
  }
  return { row, results };
}

/** Runs the bench; an interrupt ends it, and then everything it started. */
async function run(options: Setup): Promise<string> {
  await using stack = new AsyncDisposableStack();
  const interrupt = Promise.withResolvers<never>();
  const stop = () => interrupt.reject(new Error('The bench was interrupted.'));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  return await Promise.race([measureAll(options, stack), interrupt.promise]);
}

async function measureAll(options: Setup, stack: AsyncDisposableStack): Promise<string> {
  const { root, flags } = options;
  say('Starting PostgreSQL, Aldaba, the limit and oidc-provider; filling in 1,000 users …');
  const servers = await startServers({ root, flags }, stack);
  const { subject, target } = servers.aldaba;
  const measured: Measured[] = [];
  for (const row of options.rows) {
    say(`  ${row.name} …`);
    measured.push(await measureRow(row, servers, options));
  }
  const database = proportionalMemory(servers.postmaster);
  const page = await weighSignInPage(target.client as Parameters<typeof weighSignInPage>[0], target.fixtures);
  await new Promise((resolve) => setTimeout(resolve, 5000));
  const { resident: afterwards, peak } = memoryOf(subject.pid);
  if (options.startup) say('  start time and idle memory …');
  const startup = options.startup
    ? await measureStartup({
        root,
        flags,
        dataFolder: join(servers.folder, 'start'),
        port: await freePort(),
        runs: options.runs,
      })
    : undefined;
  return [
    describeMachine(),
    operationsTable(measured),
    weightsTable({ ...(startup ? { startup } : {}), page, peak, afterwards, database }),
  ].join('\n\n');
}

/** What is measured, by the mark of its place in docs/operate/performance.md. */
type Tables = [mark: string, table: string][];

/** The rows, and the measurements that need separate servers. */
async function runRows(options: Setup): Promise<Tables> {
  const { root, flags, only, effort } = options;
  const wanted = (id: string) => only === undefined || only.includes(id);
  const tables = options.rows.length > 0 ? [await run(options)] : [];
  if (wanted(keyRotationId)) {
    say('  rotation of keys on two nodes …');
    tables.push(await measureKeyRotation({ root, flags, rotations: Math.ceil(100 * effort) }));
  }
  if (wanted(passwordQueueId)) {
    say('  a full queue of passwords …');
    tables.push(await measurePasswordQueue({ root, flags }));
  }
  if (wanted(breachedPasswordsId)) {
    say('  a list of breached passwords …');
    tables.push(await measureBreachedPasswords({ count: Math.ceil(10_000_000 * effort) }));
  }
  if (wanted(scimId)) {
    say('  directory sync …');
    tables.push(await measureScim({ root, flags, effort }));
  }
  if (wanted(ldapId)) {
    say('  sync of directories …');
    tables.push(await measureLdap({ root, flags, effort }));
  }
  if (wanted(samlId)) {
    say('  SAML responses …');
    tables.push(await measureSaml({ count: Math.ceil(2000 * effort) }));
  }
  if (wanted(samlSignInsId)) {
    say('  complete sign-ins by SAML …');
    tables.push(await measureSamlSignIns(options));
  }
  return [
    ...(tables.length > 0 ? [['table', tables.join('\n\n')] as Tables[number]] : []),
    ...(await runSignIns(options)),
  ];
}

/** Sign-ins at saturation, and their memory if it is asked for: that takes 12 minutes. */
async function runSignIns(options: Setup): Promise<Tables> {
  const { only } = options;
  const tables: Tables = [];
  if (only === undefined || only.includes(signInsId)) {
    say('  complete sign-ins at saturation …');
    const table = await measureSignIns(options, say);
    tables.push(['sign-in table', `${describeMachine()}\n\n${table}`]);
  }
  if (only?.includes(signInsMemoryId)) {
    say('  memory during sign-ins …');
    const table = await measureSignInMemory(options);
    tables.push(['sign-in memory table', `${describeMachine()}\n\n${table}`]);
  }
  return tables;
}

const runLarge = async ({ root, flags, only, effort }: Setup): Promise<Tables> => [
  ['large table', await measureLarge({ root, flags, only, operations: Math.ceil(300 * effort) }, say)],
];

/** Replaces what stands between the two marks of the page. */
async function writeTable(root: string, mark: string, table: string): Promise<void> {
  const path = join(root, 'docs/operate/performance.md');
  const text = await readFile(path, 'utf8');
  const marked = new RegExp(`(<!-- ${mark} -->\\n)[\\s\\S]*(<!-- end of ${mark} -->)`);
  if (!marked.test(text))
    throw new Error(
      `${path} has no place for the table: it needs the marks <!-- ${mark} --> and <!-- end of ${mark} -->.`,
    );
  await writeFile(
    path,
    text.replace(marked, (_whole, begin, end) => `${begin}\n${table}\n\n${end}`),
  );
}

/**
 * Runs the bench with the command's arguments, on a server that gets the `flags` for Node that `npm start` gives it.
 * @throws Error with a sentence for the reader
 */
export async function bench(root: string, flags: string[], args: string[]): Promise<void> {
  const options = { ...readOptions(args), root, flags };
  if (options.profile) await mkdir(options.profile, { recursive: true });
  for (const [mark, table] of await (options.large ? runLarge(options) : runRows(options))) {
    process.stdout.write(`\n${table}\n`);
    if (options.write) await writeTable(root, mark, table);
  }
}

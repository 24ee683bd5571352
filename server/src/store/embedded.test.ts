import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Client } from 'pg';
import { type EmbeddedDatabase, type EmbeddedOptions, startEmbedded } from './embedded.ts';

const folders: string[] = [];
const children: ChildProcess[] = [];

after(async () => {
  for (const child of children) child.kill('SIGKILL');
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

async function makeFolder(prefix = 'aldaba-embedded-'): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), prefix));
  folders.push(folder);
  return folder;
}

const start = (dataFolder: string, purpose: EmbeddedOptions['purpose'] = 'server') =>
  startEmbedded({ dataFolder, purpose, progress: () => {} });

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new Client(url);
  // A connection that breaks fails its query and emits the error as well; without a listener that ends the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

const answers = (url: string): Promise<boolean> =>
  query(url, 'select 1').then(
    () => true,
    () => false, // refused: no server listens
  );

/** Another process that starts the database on the folder and then holds it until it is killed. */
async function holdElsewhere(dataFolder: string, purpose: EmbeddedOptions['purpose']): Promise<ChildProcess> {
  const program = `
    import { startEmbedded } from ${JSON.stringify(join(import.meta.dirname, 'embedded.ts'))};
    const database = await startEmbedded({ ...JSON.parse(process.argv[1]), progress: () => {} });
    process.on('message', async () => { await database.stop(); process.disconnect(); });
    process.send('started');
  `;
  const args = ['--input-type=module-typescript', '--eval', program, JSON.stringify({ dataFolder, purpose })];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  children.push(child);
  await once(child, 'message');
  return child;
}

async function end(child: ChildProcess, how: 'politely' | 'SIGKILL'): Promise<void> {
  const exit = once(child, 'exit');
  if (how === 'SIGKILL') child.kill(how);
  else child.send('stop');
  await exit;
}

describe('Bundled PostgreSQL', () => {
  let folder: string;
  let database: EmbeddedDatabase;
  before(async () => {
    folder = await makeFolder();
    database = await start(folder);
  });
  after(() => database.stop());

  it('lets searches use their index, even in a data folder of a version that did not', async () => {
    const older = await makeFolder();
    const marks = (url: string) =>
      query(
        url,
        `select count(*)::int as marked from pg_proc where proleakproof and proname in
        ('textlike', 'texticlike', 'textregexeq', 'texticregexeq')`,
      );
    const first = await start(older);
    const own = first.adminUrl.replace('/postgres?', '/aldaba?');
    await query(own, 'alter function pg_catalog.texticlike(text, text) not leakproof');
    const [before] = await marks(first.url);
    await first.stop();
    const second = await start(older);
    try {
      assert.deepEqual(before, { marked: 3 });
      assert.deepEqual(await marks(second.url), [{ marked: 4 }]);
    } finally {
      await second.stop();
    }
  });

  it('gives the server a role to which row-level security applies', async () => {
    const rows = await query(
      database.url,
      'select rolname, rolsuper, rolbypassrls, rolcreaterole from pg_roles where rolname = current_user',
    );
    assert.deepEqual(rows, [{ rolname: 'aldaba', rolsuper: false, rolbypassrls: false, rolcreaterole: false }]);
  });

  it('lets that role create its tables, and the superuser clone databases', async () => {
    await query(database.url, 'create table thing (id integer); drop table thing');
    await query(database.adminUrl, 'create database copied template aldaba owner aldaba');
    await query(database.adminUrl, 'drop database copied');
  });

  it('writes to disk before it acknowledges, sorts the same everywhere and keeps checksums', async () => {
    const [settings] = await query(
      database.url,
      `select current_setting('fsync') fsync, current_setting('synchronous_commit') commit, current_setting('data_checksums') checksums,
        current_setting('server_encoding') encoding, (select datlocale from pg_database where datname = 'aldaba') locale`,
    );
    assert.deepEqual(settings, { fsync: 'on', commit: 'on', checksums: 'on', encoding: 'UTF8', locale: 'C.UTF-8' });
  });

  // security: bundled-postgresql
  it('does not listen on a network address, and closes its folders to other users', async () => {
    assert.deepEqual(await query(database.adminUrl, 'show listen_addresses'), [{ listen_addresses: '' }]);
    const socketFolder = new URL(database.url.replace('@/', '@local/')).searchParams.get('host') ?? '';
    for (const closed of [socketFolder, database.location]) assert.equal((await stat(closed)).mode & 0o777, 0o700);
  });

  // security: bundled-postgresql
  it('accepts connections only from the two roles of this process', async () => {
    await query(database.adminUrl, 'create role intruder login superuser');
    await assert.rejects(
      query(database.url.replace('//aldaba@', '//intruder@'), 'select 1'),
      /Peer authentication failed/,
    );
    await query(database.adminUrl, 'drop role intruder');
  });

  it('rejects a second server on the folder and says what to do', async () => {
    await assert.rejects(start(folder), (error: Error) => {
      assert.match(error.message, new RegExp(`process ${process.pid}\\b.*${folder}.*ALDABA_DATA=`, 's'));
      return true;
    });
    assert.ok(await answers(database.url));
  });

  it('lets a command join the running database and leaves it running', async () => {
    const command = await start(folder, 'command');
    assert.equal(command.url, database.url);
    await command.stop();
    assert.ok(await answers(database.url));
  });
});

describe('Data of the bundled PostgreSQL', () => {
  it('keeps the data after a stop and a new start', async () => {
    const folder = await makeFolder();
    const first = await start(folder);
    await query(first.url, 'create table kept as select 42 as answer');
    await first.stop();
    assert.equal(await answers(first.url), false);
    const second = await start(folder);
    assert.deepEqual(await query(second.url, 'select answer from kept'), [{ answer: 42 }]);
    await second.stop();
  });

  it('keeps the data when the server is killed, and the next server joins its PostgreSQL', async () => {
    const folder = await makeFolder();
    const killed = await holdElsewhere(folder, 'server');
    const command = await start(folder, 'command');
    await query(command.url, 'create table kept as select 42 as answer');
    await end(killed, 'SIGKILL');
    await command.stop();
    const next = await start(folder);
    assert.deepEqual(await query(next.url, 'select answer from kept'), [{ answer: 42 }]);
    await next.stop();
    assert.equal(await answers(next.url), false);
  });

  it('keeps the data when PostgreSQL itself is killed', async () => {
    const folder = await makeFolder();
    const first = await start(folder);
    await query(first.url, 'create table kept as select 42 as answer');
    const [row] = await query(first.adminUrl, `select pg_read_file('postmaster.pid') as file`);
    process.kill(Number.parseInt(String(row?.['file']), 10), 'SIGKILL');
    await first.stop();
    const second = await start(folder);
    assert.deepEqual(await query(second.url, 'select answer from kept'), [{ answer: 42 }]);
    await second.stop();
  });

  it('restarts PostgreSQL at the same address when it is killed repeatedly', async () => {
    for (const prefix of ['aldaba-embedded-', `aldaba-${'long-'.repeat(20)}`]) {
      const database = await start(await makeFolder(prefix));
      const serves = async () => {
        while (!(await answers(database.url)));
      };
      await query(database.url, 'create table kept (value text)');
      for (const signal of ['SIGKILL', 'SIGQUIT'] as const) {
        await query(database.url, `insert into kept values ('${signal}')`);
        const [line] = (await readFile(join(database.location, 'postmaster.pid'), 'utf8')).split('\n');
        process.kill(Number(line), signal);
        await serves();
      }
      assert.equal((await query(database.url, 'select from kept')).length, 2);
      await database.stop();
      assert.equal(await answers(database.url), false);
    }
  });

  it('recovers when a process that serves a connection is killed', async () => {
    const database = await start(await makeFolder());
    const client = new Client(database.url);
    client.on('error', () => undefined);
    await client.connect();
    const { rows } = await client.query('select pg_backend_pid() as pid');
    process.kill(rows[0].pid, 'SIGKILL');
    while (!(await answers(database.url)));
    await database.stop();
  });

  it('creates the cluster again if the first start was interrupted', async () => {
    const folder = await makeFolder();
    await mkdir(join(folder, 'postgres.new-Abc123'), { recursive: true });
    await writeFile(join(folder, 'postgres.new-Abc123', 'PG_VERSION'), '18\n');
    const database = await start(folder);
    assert.ok(await answers(database.url));
    await database.stop();
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.includes('new')),
      [],
    );
  });

  it('rejects a cluster of another major version with what to do, and leaves it unchanged', async () => {
    const folder = await makeFolder();
    await mkdir(join(folder, 'postgres'));
    await writeFile(join(folder, 'postgres', 'PG_VERSION'), '12\n');
    await assert.rejects(start(folder), /written by PostgreSQL 12.*DATABASE_URL/s);
    assert.deepEqual(await readdir(join(folder, 'postgres')), ['PG_VERSION']);
  });

  it('supports a data folder with a path too long for a socket, with spaces, quotes, a comma and other alphabets', async () => {
    const folder = join(await makeFolder(), `a "b", c'd é 数据 ${'x'.repeat(100)}`);
    const database = await start(folder);
    assert.ok(database.location.startsWith(dirname(folder)));
    assert.ok(await answers(database.url));
    await database.stop();
  });
});

describe('A command with the bundled PostgreSQL', () => {
  it('stops the PostgreSQL that it started for itself', async () => {
    const folder = await makeFolder();
    const command = await start(folder, 'command');
    assert.ok(await answers(command.url));
    await command.stop();
    assert.equal(await answers(command.url), false);
  });

  it('leaves PostgreSQL running for a server that has joined it', async () => {
    const folder = await makeFolder();
    const command = await holdElsewhere(folder, 'command');
    const server = await start(folder);
    await end(command, 'politely');
    assert.ok(await answers(server.url));
    await server.stop();
    assert.equal(await answers(server.url), false);
  });

  it('keeps PostgreSQL running after the server ends', async () => {
    const folder = await makeFolder();
    const server = await start(folder);
    const command = await start(folder, 'command');
    await server.stop();
    assert.ok(await answers(command.url));
    await command.stop();
    assert.equal(await answers(command.url), false);
  });
});

import assert from 'node:assert/strict';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Client } from 'pg';
import { startEmbedded } from '../../server/src/store/embedded.ts';
import { experienceClient, type Tokens } from '../support/agent.ts';
import { goodPassword } from '../support/pages.ts';
import { freePort, type Program, startProgram } from '../support/programs.ts';

const source = (name: string) => join(import.meta.dirname, '../../server/src', name);

/** Everything that a dump could lose, with definitions. Rows of tenants are read across all tenants. */
const catalog = `
  select 'relation' as kind, c.relname as name, format('%s %s %s', c.relkind, c.relrowsecurity, c.relforcerowsecurity) as text
    from pg_class c where c.relnamespace = 'aldaba'::regnamespace
  union all select 'column', c.relname, format('%s %s %s %s', a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid))
    from pg_class c join pg_attribute a on a.attrelid = c.oid left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    where c.relnamespace = 'aldaba'::regnamespace and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
  union all select 'policy', p.tablename, format('%s %s %s %s', p.policyname, p.cmd, p.qual, p.with_check) from pg_policies p where p.schemaname = 'aldaba'
  union all select 'constraint', k.conrelid::regclass::text, format('%s %s %s', k.conname, pg_get_constraintdef(k.oid), k.convalidated)
    from pg_constraint k where k.connamespace = 'aldaba'::regnamespace
  union all select 'trigger', t.tgrelid::regclass::text, format('%s %s', pg_get_triggerdef(t.oid), t.tgenabled)
    from pg_trigger t join pg_class c on c.oid = t.tgrelid where c.relnamespace = 'aldaba'::regnamespace and not t.tgisinternal
  union all select 'index', i.tablename, i.indexdef from pg_indexes i where i.schemaname = 'aldaba'
  union all select 'function', f.proname, pg_get_functiondef(f.oid) from pg_proc f
    where f.pronamespace = 'aldaba'::regnamespace and f.prokind = 'f' and f.prolang <> (select oid from pg_language where lanname = 'c')
  order by 1, 2, 3`;

async function withDatabase<T>(dataFolder: string, work: (client: Client) => Promise<T>): Promise<T> {
  const database = await startEmbedded({ dataFolder, progress: () => undefined, purpose: 'command' });
  const client = new Client({ connectionString: database.url, options: '-c search_path=aldaba -c app.tenant=*' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
    await database.stop();
  }
}

const contentsOf = (dataFolder: string) =>
  withDatabase(dataFolder, async (client) => {
    const objects = (await client.query<{ kind: string; name: string; text: string }>(catalog)).rows;
    const tables = objects
      .filter(({ kind, text }) => kind === 'relation' && /^[rp] /.test(text))
      .map(({ name }) => name);
    const rows: Record<string, unknown> = {};
    for (const table of tables) {
      if (table === 'installation' || table === 'schema_migrations') continue;
      const text = `select count(*)::integer as count, md5(string_agg(t::text, '' order by t::text)) as digest from "${table}" t`;
      rows[table] = (await client.query(text)).rows[0];
    }
    return { objects: objects.map(({ kind, name, text }) => `${kind} ${name}: ${text}`), rows };
  });

describe('Backup', () => {
  const folders: string[] = [];
  let original: string;
  let archive: string;
  let port: number;
  let tokens: Tokens;
  let server: Program | undefined;
  const makeFolder = async () => {
    const folder = await mkdtemp(join(tmpdir(), 'aldaba-backup-'));
    folders.push(folder);
    return folder;
  };
  const environmentOf = (dataFolder: string) => ({
    PORT: String(port),
    HOST: '127.0.0.1',
    ALDABA_DATA: dataFolder,
    LOG_LEVEL: 'warn',
  });
  const start = async (dataFolder: string) => {
    server = startProgram(process.execPath, [source('main.ts')], { environment: environmentOf(dataFolder) });
    await server.says(/is ready at/);
  };
  const command = async (dataFolder: string, ...args: string[]) => {
    const program = startProgram(process.execPath, [source('cli.ts'), ...args], {
      environment: environmentOf(dataFolder),
    });
    return { code: await program.ended, output: program.output() };
  };

  before(async () => {
    original = await makeFolder();
    port = await freePort();
    archive = join(await makeFolder(), 'aldaba.tar.gz');
    await start(original);
    const client = experienceClient(`http://localhost:${port}`);
    tokens = await client.redeem(await client.register('ada', goodPassword));
    await mkdir(join(original, 'user-assets/default'), { recursive: true });
    await writeFile(join(original, 'user-assets/default', `${'long-'.repeat(30)}.txt`), 'an upload');
  });
  after(async () => {
    await server?.stop('SIGTERM');
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  });

  // security: schema-and-secret
  it('writes a backup of a running server in one command, without the secret, and readable by its owner alone', async () => {
    const made = await command(original, 'backup', archive);
    assert.equal(made.code, 0, made.output);
    assert.match(made.output, /Secret {7}is NOT in the file/);
    const again = await command(original, 'backup', archive);
    assert.deepEqual([again.code, /already exists/.test(again.output)], [1, true]);
    const nowhere = await command(original, 'backup', join(original, 'missing', 'aldaba.tar.gz'));
    assert.equal(nowhere.code, 1);
    assert.match(nowhere.output, /^The folder .*missing does not exist\. Create it first\.$/m);
    const secret = (await readFile(join(original, 'secret'), 'utf8')).trim();
    const list = startProgram('tar', ['--extract', '--to-stdout', '--gzip', '--file', archive]);
    assert.equal(await list.ended, 0, list.output());
    assert.ok(!list.output().includes(secret));
  });

  it('restores every object, every row, the uploads and the audit log partitions, and the server continues', async () => {
    await server?.stop('SIGTERM');
    await withDatabase(original, async (client) => {
      await client.query(
        `create table logs_20250106 partition of logs for values from ('2025-01-06 00:00:00+00') to ('2025-01-13 00:00:00+00')`,
      );
      await client.query('alter table logs_20250106 enable row level security');
      await client.query('alter table logs_20250106 force row level security');
      await client.query(
        `do $$ begin execute (select format('create policy tenant_wall on logs_20250106 using (%s)', qual) from pg_policies where tablename = 'logs_other'); end $$`,
      );
      await client.query(
        `insert into jobs (tenant_id, queue, lane, payload, run_at, created_at) values ('default', 'none', 'none', '{}', now(), now())`,
      );
      await client.query(
        `insert into logs (tenant_id, id, key, payload, created_at) values ('default', 'old', 'Test', '{"text": "a\\\\tb\\\\nc\\\\\\\\N"}', '2025-01-07T00:00:00Z')`,
      );
    });
    const made = await command(original, 'backup', archive, '--overwrite');
    assert.equal(made.code, 0, made.output);
    const before = await contentsOf(original);
    const restored = await makeFolder();
    await copyFile(join(original, 'secret'), join(restored, 'secret'));
    const answer = await command(restored, 'restore', archive);
    assert.equal(answer.code, 0, answer.output);
    const afterwards = await contentsOf(restored);
    assert.deepEqual(afterwards.objects, before.objects);
    assert.deepEqual(afterwards.rows, before.rows);
    assert.equal(
      await readFile(join(restored, 'user-assets/default', `${'long-'.repeat(30)}.txt`), 'utf8'),
      'an upload',
    );

    await withDatabase(restored, async (client) => {
      const {
        rows: [job],
      } = await client.query(
        `with added as (
          insert into jobs (tenant_id, queue, lane, payload, run_at, created_at)
          values ('default', 'none', 'none', '{}', now(), now()) returning id
        ) select added.id > (select max(id) from jobs) as is_new from added`,
      );
      assert.deepEqual(job, { is_new: true });
    });

    await start(restored);
    const client = experienceClient(`http://localhost:${port}`);
    await client.userinfo((await client.refresh(tokens.refresh_token)).access_token);
    await client.redeem(await client.signIn('ada', goodPassword));
    await client.redeem(await client.register('grace', goodPassword));
    await server?.stop('SIGTERM');

    const twice = await command(restored, 'restore', archive);
    assert.equal(twice.code, 1);
    assert.match(twice.output, /The database is not empty\. .*--replace/);
    const replaced = await command(restored, 'restore', archive, '--replace', '--yes');
    assert.equal(replaced.code, 0, replaced.output);
    assert.deepEqual(await contentsOf(restored), before);
  });

  // security: schema-and-secret
  it('rejects a backup of another secret, a damaged and a truncated one before it changes anything', async () => {
    const other = await makeFolder();
    const foreign = await command(other, 'restore', archive);
    assert.equal(foreign.code, 1);
    assert.match(foreign.output, /made with another ALDABA_SECRET/);
    await copyFile(join(original, 'secret'), join(other, 'secret'));
    const bytes = await readFile(archive);
    const broken = Buffer.from(bytes);
    broken.writeUInt8(broken.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
    for (const content of [bytes.subarray(0, bytes.length >> 1), broken, Buffer.from('no archive')]) {
      const path = join(other, 'damaged.tar.gz');
      await writeFile(path, content);
      const answer = await command(other, 'restore', path);
      assert.equal(answer.code, 1);
      assert.match(answer.output, /is (damaged|incomplete)/);
    }
    await withDatabase(other, async (client) => {
      assert.deepEqual((await client.query("select 1 from pg_namespace where nspname = 'aldaba'")).rows, []);
    });
  });

  it('does not let a server treat a database as a new installation after an interrupted restore', async () => {
    const other = await makeFolder();
    await copyFile(join(original, 'secret'), join(other, 'secret'));
    const restore = startProgram(process.execPath, [source('cli.ts'), 'restore', archive], {
      environment: environmentOf(other),
    });
    await restore.says(/Creating the tables/);
    restore.child.kill('SIGKILL');
    await restore.ended;
    const started = startProgram(process.execPath, [source('main.ts')], { environment: environmentOf(other) });
    // A server that starts nevertheless is stopped, so that the test fails without waiting for its time limit.
    const refusal = started.says(/A restore of this database was interrupted.*--replace/);
    await Promise.race([refusal, started.says(/is ready at/).then(() => started.stop())]);
    await refusal;
    assert.notEqual(await started.ended, 0);
    const again = await command(other, 'restore', archive, '--replace', '--yes');
    assert.equal(again.code, 0, again.output);
    await start(other);
    const client = experienceClient(`http://localhost:${port}`);
    await client.redeem(await client.signIn('ada', goodPassword));
    await server?.stop('SIGTERM');
  });

  it('includes its secret if both commands request it', async () => {
    const path = join(await makeFolder(), 'whole.tar.gz');
    assert.equal((await command(original, 'backup', path, '--with-secret')).code, 0);
    const other = await makeFolder();
    const answer = await command(other, 'restore', path, '--with-secret');
    assert.equal(answer.code, 0, answer.output);
    const secretOf = (folder: string) => readFile(join(folder, 'secret'), 'utf8');
    assert.equal(await secretOf(other), await secretOf(original));
    await start(other);
    const client = experienceClient(`http://localhost:${port}`);
    await client.redeem(await client.signIn('ada', goodPassword));
    const busy = await command(other, 'restore', path, '--replace', '--yes');
    assert.deepEqual([busy.code, /Stop it, then restore/.test(busy.output)], [1, true]);
  });
});

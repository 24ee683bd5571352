import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { configSchema, readConfig } from '../server/src/config.ts';
import { findRoot } from '../server/src/root.ts';
import { cluster } from './support/cluster.ts';
import { runAldaba } from './support/command-line.ts';
import { freePort, startProgram } from './support/programs.ts';

/** Words of zod, node-postgres and Node that do not help an operator. */
const driverWords =
  /Invalid (input|option|URL)|Too (small|big)|expected (string|number)|received|getaddrinfo|connect E|ENOTFOUND|invalid IP|password authentication failed|does not exist$|permission denied/im;

let folder: string;
let port: number;
let closed: number;
let silent: Server;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aldaba-start-'));
  port = await freePort();
  closed = await freePort();
  // Not a database: it ends every connection.
  silent = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  await new Promise((resolve) => silent.once('listening', resolve));
});
after(async () => {
  silent.close();
  await rm(folder, { recursive: true, force: true });
});

/** Starts the built server, which must refuse to start; returns its output. */
async function refusal(environment: Record<string, string>): Promise<string> {
  const program = startProgram(process.execPath, [join(findRoot(process.env), 'dist/server/main.js')], {
    environment: { PORT: String(port), HOST: '127.0.0.1', ALDABA_DATA: folder, DATABASE_WAIT: '0', ...environment },
  });
  assert.equal(await program.ended, 1, program.output());
  const output = program.output();
  assert.doesNotMatch(output, driverWords);
  assert.doesNotMatch(output, /hunter2|at .*\.js:\d+/);
  return output;
}

describe('Invalid settings', () => {
  const wrong: Record<keyof typeof configSchema.shape, string> = {
    PORT: 'abc',
    HOST: ' ',
    ENDPOINT: 'id.example.com',
    ADMIN_ENDPOINT: 'ftp://admin.example.com',
    DATABASE_URL: 'localhost/base',
    DATABASE_POOL_SIZE: '1',
    DATABASE_STATEMENT_TIMEOUT: '-1',
    DATABASE_WAIT: 'long',
    ALDABA_DATA: ' ',
    ALDABA_SECRET: 'hunter2',
    TRUSTED_PROXIES: 'foo',
    MAX_CONNECTIONS: '1',
    HEADERS_TIMEOUT: '0',
    REQUEST_TIMEOUT: 'x',
    INJECTED_HEADER_MAPPING_JSON: 'country',
    MESSAGE_LIMITS_JSON: '[]',
    OUTBOUND_ALLOWED_HOSTS: 'http://inner',
    BREACHED_PASSWORDS_URL: 'api.pwnedpasswords.com',
    CONNECTORS_FOLDER: ' ',
    S3_BUCKET: 'B!',
    S3_ENDPOINT: 'minio:9000',
    S3_REGION: 'Not a region',
    S3_ACCESS_KEY_ID: ' ',
    S3_SECRET_ACCESS_KEY: ' ',
    S3_PATH_STYLE: 'maybe',
    S3_KEY_PREFIX: '../up',
    S3_PUBLIC_URL: 'assets',
    LOG_RETENTION_DAYS: '0',
    LOG_LEVEL: 'loud',
  };
  const messageOf = (environment: Record<string, string>): string => {
    try {
      readConfig(environment);
    } catch (error) {
      return (error as Error).message;
    }
    throw new Error('The configuration was accepted.');
  };

  it('tests every variable', () => {
    assert.deepEqual(Object.keys(wrong).sort(), Object.keys(configSchema.shape).sort());
  });
  for (const [name, value] of Object.entries(wrong)) {
    it(`names the variable and the valid values: ${name}`, () => {
      const message = messageOf({ [name]: value });
      assert.match(message, new RegExp(`^  ${name}: .*(must|has) .+\\.$`, 'm'));
      assert.doesNotMatch(message, driverWords);
      assert.doesNotMatch(message, /hunter2/);
    });
  }
  it('names the range of a number and the allowed values of a word', () => {
    assert.match(messageOf({ PORT: 'abc' }), /PORT: must be a whole number from 0 to 65535\./);
    assert.match(messageOf({ LOG_RETENTION_DAYS: '0' }), /LOG_RETENTION_DAYS: must be a whole number from 1 to 3650\./);
    assert.match(
      messageOf({ LOG_LEVEL: 'loud' }),
      /LOG_LEVEL: must be one of fatal, error, warn, info, debug, silent\./,
    );
  });
  it('lists all invalid settings together, also settings that contradict each other', () => {
    const message = messageOf({
      PORT: 'abc',
      TRUSTED_PROXIES: 'foo',
      ENDPOINT: 'https://one.example',
      ADMIN_ENDPOINT: 'https://one.example/',
      S3_BUCKET: 'files',
    });
    for (const name of ['PORT', 'TRUSTED_PROXIES', 'ADMIN_ENDPOINT', 'S3_ENDPOINT', 'S3_SECRET_ACCESS_KEY'])
      assert.match(message, new RegExp(`^  ${name}: `, 'm'));
  });
  it('explains an invalid database setting before anything connects', () => {
    const urls: [url: string, sentence: RegExp][] = [
      ['mysql://root@localhost/x', /must begin with postgresql:\/\/.*only PostgreSQL is supported/],
      ['localhost/x', /must begin with postgresql:\/\//],
      ['postgresql://me:hunter2#1@localhost/x', /contains a #\. .*encode # as %23/],
      ['postgresql://me:hunter2/1@localhost/x', /cannot be read as postgresql:\/\/.*\/ as %2F/],
      ['postgresql://me:hunter2%zz@localhost/x', /cannot be read as .*% as %25/],
    ];
    for (const [url, sentence] of urls) {
      const message = messageOf({ DATABASE_URL: url });
      assert.match(message, sentence);
      assert.doesNotMatch(message, /hunter2/);
    }
    for (const url of [
      'postgresql:///x?host=/run/postgresql',
      'postgres://me@/x',
      'postgresql://a:b%23c@[::1]:5433/x?sslmode=require',
    ])
      assert.equal(readConfig({ DATABASE_URL: url }).DATABASE_URL, url);
  });
});

describe('Failed starts', () => {
  it('reports a port in use before it creates a database', async () => {
    const { port: taken } = silent.address() as { port: number };
    const output = await refusal({ PORT: String(taken) });
    assert.match(output, new RegExp(`Port ${taken} is in use by another program\\. .*PORT=${taken + 1} npm start`));
    assert.deepEqual(await readdir(folder), [], 'something was made in the data folder');
  });

  it('names HOST if the machine has no such address', async () => {
    assert.match(await refusal({ HOST: '192.0.2.1' }), /HOST: this machine has no address “192\.0\.2\.1”.*0\.0\.0\.0/);
    assert.match(await refusal({ HOST: 'nohost.invalid' }), /HOST: this machine has no address “nohost\.invalid”/);
  });

  it('names ALDABA_DATA if a file has the path of the folder', async () => {
    const file = join(folder, 'a-file');
    await writeFile(file, '');
    const output = await refusal({ ALDABA_DATA: join(file, 'data') });
    assert.match(output, /The data folder \S+ has a file in its path\..*set ALDABA_DATA to another folder/);
  });

  it('names ALDABA_DATA and the user if the folder is not writable', async () => {
    const locked = await mkdtemp(join(folder, 'locked-'));
    await chmod(locked, 0o500);
    // Nothing keeps root from writing, except the kernel's own file systems.
    const path = process.getuid?.() === 0 ? '/sys/aldaba-data' : join(locked, 'data');
    const sentence = /The data folder \S+ (is not writable for this user \(.+\)|is on a .*read-only)\..*ALDABA_DATA/;
    assert.match(await refusal({ ALDABA_DATA: path }), sentence);
  });

  it('names the address where PostgreSQL does not respond, and DATABASE_URL as its source', async () => {
    const url = `postgresql://me:hunter2@127.0.0.1:${closed}/x`;
    const sentence = new RegExp(`PostgreSQL does not answer at 127\\.0\\.0\\.1:${closed}\\..*DATABASE_URL`);
    assert.match(await refusal({ DATABASE_URL: url }), sentence);
    const command = await runAldaba(['user', 'list'], { DATABASE_URL: url, ALDABA_DATA: folder });
    assert.equal(command.code, 1);
    assert.match(command.err, sentence);
    assert.doesNotMatch(command.err, driverWords);
  });

  it('reports that the host of DATABASE_URL cannot be found', async () => {
    const output = await refusal({ DATABASE_URL: 'postgresql://me:hunter2@nohost.invalid/x' });
    assert.match(output, /The host of DATABASE_URL, nohost\.invalid:5432, cannot be resolved/);
  });

  it('reports that the server at DATABASE_URL is not PostgreSQL', async () => {
    const { port: other } = silent.address() as { port: number };
    const output = await refusal({ DATABASE_URL: `postgresql://me:hunter2@127.0.0.1:${other}/x` });
    assert.match(output, /127\.0\.0\.1:\d+.*DATABASE_URL/);
  });

  it('explains a missing database, an unknown user and missing rights, and refers to the commands', async () => {
    const { urlOf, admin, drop } = await cluster();
    const name = `start_${randomUUID().slice(0, 8)}`;
    const missing = await refusal({ DATABASE_URL: urlOf(`${name}_missing`) });
    assert.match(missing, new RegExp(`has no database “${name}_missing”\\. .*DATABASE_URL.*The role in PostgreSQL`));
    const role = `${name}_role`;
    const as = (user: string) => urlOf(name).replace(/\/\/[^/@]*@/, `//${user}:hunter2@`);
    const stranger = await refusal({ DATABASE_URL: as(role) });
    assert.match(stranger, new RegExp(`(rejects the password of|does not accept) the user “${role}”.*DATABASE_URL`));
    // The tests' own login may do everything on a server that is not ours.
    if (process.env.ALDABA_TEST_DATABASE_URL) return;
    await admin(`create database ${name}`);
    try {
      const rights = await refusal({ DATABASE_URL: urlOf(name) });
      assert.match(rights, /The user “aldaba” of DATABASE_URL has no permission to create .*alter database … owner to/);
    } finally {
      await drop(name);
    }
  });
});

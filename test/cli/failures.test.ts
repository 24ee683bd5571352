import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { isErrorCode } from '@aldaba/contract';
import { findRoot } from '../../server/src/root.ts';
import { commandLine } from '../support/command-line.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('Failures of commands with --json', () => {
  let server: TestServer;
  let dataFolder: string;
  before(async () => {
    server = await startServer();
    dataFolder = await mkdtemp(join(tmpdir(), 'aldaba-failures-'));
  });
  after(async () => {
    await server.close();
    await rm(dataFolder, { recursive: true, force: true });
  });

  const failures: [
    what: string,
    args: string[],
    failure: { exit: number; code: string; message: RegExp },
    environment?: Record<string, string>,
  ][] = [
    [
      'a value that the API refuses',
      ['app', 'create', '--type', 'SPA', '--name', 'x'.repeat(300), '--redirect-uri', 'https://app.example.com/'],
      { exit: 1, code: 'guard.invalid_input', message: /^--name must have at most 256 characters\.$/ },
    ],
    [
      'a user that does not exist',
      ['user', 'show', 'nowhere'],
      { exit: 1, code: 'command.refused', message: /nowhere/ },
    ],
    [
      'a tenant that does not exist',
      ['user', 'list', '--tenant', 'nowhere'],
      { exit: 1, code: 'command.refused', message: /No tenant "nowhere" exists/ },
    ],
    [
      'a missing argument',
      ['app', 'create', '--name', 'x'],
      { exit: 2, code: 'command.usage', message: /^--type is missing\.$/ },
    ],
    ['an unknown option', ['user', 'list', '--color'], { exit: 2, code: 'command.usage', message: /--color/ }],
    [
      'an unknown command',
      ['user', 'fly'],
      { exit: 2, code: 'command.usage', message: /^Unknown command "user fly"\.$/ },
    ],
    ['half a command', ['user'], { exit: 2, code: 'command.usage', message: /^"user" is not a complete command\.$/ }],
    [
      'a confirmation that a program cannot give',
      ['user', 'suspend', 'nowhere'],
      { exit: 1, code: 'command.refused', message: /nowhere/ },
    ],
    [
      'a database that does not answer',
      ['user', 'list'],
      { exit: 1, code: 'command.failed', message: /does not answer at 127\.0\.0\.1:9/ },
      { DATABASE_URL: 'postgresql://me:hunter2@127.0.0.1:9/x' },
    ],
    [
      'another secret',
      ['user', 'list'],
      { exit: 1, code: 'command.failed', message: /^ALDABA_SECRET is not the secret/ },
      { ALDABA_SECRET: 'another secret that is long enough' },
    ],
    [
      'a setting that is wrong',
      ['user', 'list'],
      { exit: 1, code: 'command.failed', message: /PORT/ },
      { PORT: 'abc' },
    ],
  ];
  for (const [what, args, { exit, code, message }, environment] of failures) {
    it(`returns JSON with a code for ${what}, with the same exit code and message as without --json`, async () => {
      const aldaba = commandLine(server, { dataFolder, ...(environment ? { environment } : {}) });
      const [plain, json] = [await aldaba(...args), await aldaba(...args, '--json')];
      assert.deepEqual([plain.code, json.code], [exit, exit], plain.err);
      assert.equal(plain.out, '');
      const failure = JSON.parse(json.out) as { code: string; message: string };
      assert.equal(failure.code, code);
      assert.match(failure.message, message);
      assert.ok(plain.err.includes(failure.message), plain.err);
      assert.equal(json.err, plain.err);
      assert.doesNotMatch(json.out, /hunter2/);
    });
  }

  it('uses codes of the API, or codes that the documentation explains', async () => {
    const page = await readFile(join(findRoot(process.env), 'docs/operate/command-line.md'), 'utf8');
    for (const [, , { code }] of failures) assert.ok(isErrorCode(code) || page.includes(`\`${code}\``), code);
  });

  it('returns the problems of each field in the member data', async () => {
    const aldaba = commandLine(server, { dataFolder });
    const { out } = await aldaba('branding', '--primary-color', 'teal', '--logo', 'logo.svg', '--json');
    const failure = JSON.parse(out);
    assert.equal(failure.code, 'guard.invalid_input');
    assert.match(failure.message, /^--primary-color.*\n--logo/);
    assert.ok(failure.data);
  });

  it('does not treat a word after -- as an option', async () => {
    const aldaba = commandLine(server, { dataFolder });
    const { out, code } = await aldaba('user', 'show', '--', '--json');
    assert.deepEqual([out, code], ['', 1]);
  });
});

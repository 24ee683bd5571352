import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type CommandLine, commandLine } from '../support/command-line.ts';
import { startServer, type TestServer } from '../support/server.ts';

const token = (url: string, id: string, secret: string, resource: string) =>
  fetch(`${url}/oidc/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: id,
      client_secret: secret,
      resource,
      scope: 'all',
    }),
  });

describe('Command line', () => {
  let server: TestServer;
  let dataFolder: string;
  let aldaba: CommandLine;

  before(async () => {
    server = await startServer();
    dataFolder = await mkdtemp(join(tmpdir(), 'aldaba-cli-'));
    aldaba = commandLine(server, { dataFolder });
  });
  after(async () => {
    await server.close();
    await rm(dataFolder, { recursive: true, force: true });
  });

  describe('Applications on the command line', () => {
    interface App {
      id: string;
      secret: string;
      resource: string;
    }
    let machine: App;

    it('creates a machine that may call the Management API at once', async () => {
      const args = ['app', 'create', '--type', 'MachineToMachine', '--name', 'Deployment', '--management-api'];
      machine = await aldaba.json<App>(...args);
      assert.equal((await token(server.url, machine.id, machine.secret, machine.resource)).status, 200);
    });

    it('rejects redirect URIs and names that the Management API rejects, and names the option', async () => {
      const app = ['app', 'create', '--type', 'SPA'];
      const script = await aldaba(...app, '--name', 'x', '--redirect-uri', 'javascript:alert(1)');
      assert.equal(script.code, 1);
      assert.match(script.err, /^--redirect-uri: .*javascript/);
      const long = await aldaba(...app, '--name', 'x'.repeat(300), '--redirect-uri', 'https://app.example.com/');
      assert.equal(long.code, 1);
      assert.match(long.err, /^--name must have at most 256 characters\.$/m);
      assert.equal((await aldaba.json<{ total: number }>('app', 'list')).total, 1);
    });

    it('lists applications without their secrets and shows one by its name or ID', async () => {
      await aldaba.json(
        ...[
          'app',
          'create',
          '--type',
          'Traditional',
          '--name',
          'Shop 100%',
          '--redirect-uri',
          'https://shop.example/cb',
        ],
      );
      const list = await aldaba('app', 'list');
      assert.match(list.out, /Deployment +MachineToMachine/);
      assert.match(list.out, /Shop 100% +Traditional/);
      assert.doesNotMatch(list.out, new RegExp(machine.secret));
      const found = await aldaba.json<{ total: number }>('app', 'list', '--search', '0%');
      assert.equal(found.total, 1);
      const shown = await aldaba('app', 'show', 'Shop 100%');
      assert.match(shown.out, /Redirect URI +https:\/\/shop\.example\/cb/);
      assert.match(
        (await aldaba('app', 'show', machine.id)).out,
        /Management +can call https:\/\/default\.logto\.app\/api/,
      );
      const missing = await aldaba('app', 'show', 'Nothing');
      assert.equal(missing.code, 1);
      assert.match(missing.err, /No application "Nothing" exists/);
    });

    it('adds a second secret that works beside the first until the first is deleted', async () => {
      const secrets = await aldaba.json<{ name: string; value: string }[]>(
        'app',
        'secret',
        'Deployment',
        '--create',
        'new',
      );
      const renewed = secrets.find(({ name }) => name === 'new')?.value ?? '';
      assert.equal((await token(server.url, machine.id, renewed, machine.resource)).status, 200);
      assert.equal((await token(server.url, machine.id, machine.secret, machine.resource)).status, 200);
      assert.equal((await aldaba('app', 'secret', 'Deployment', '--delete', 'Default secret')).code, 0);
      // Another process deleted it: the server receives a notification.
      const limit = Date.now() + 20_000;
      let status = 200;
      while (status === 200 && Date.now() < limit)
        status = (await token(server.url, machine.id, machine.secret, machine.resource)).status;
      assert.equal(status, 401);
      assert.equal((await token(server.url, machine.id, renewed, machine.resource)).status, 200);
    });

    it('deletes an application only with a confirmation', async () => {
      const asked = await aldaba('app', 'delete', 'Deployment');
      assert.equal(asked.code, 2);
      assert.match(asked.err, /Add --yes to confirm/);
      assert.equal((await aldaba('app', 'show', 'Deployment')).code, 0);
      assert.equal((await aldaba('app', 'delete', 'Deployment', '--yes')).code, 0);
      assert.equal((await aldaba('app', 'show', 'Deployment')).code, 1);
    });
  });

  describe('Users on the command line', () => {
    it('rejects usernames, email addresses and phone numbers that the Management API rejects', async () => {
      const refused = await aldaba('user', 'create', '--username', 'b b', '--email', 'notmail', '--phone', 'call me');
      assert.equal(refused.code, 1);
      assert.match(refused.err, /^--username must start with a letter/m);
      assert.match(refused.err, /^--email must be an email address/m);
      assert.match(refused.err, /^--phone must be digits/m);
      assert.equal((await aldaba.json<{ total: number }>('user', 'list')).total, 0);
    });

    it('creates a user with a generated password, with one from standard input, or without one', async () => {
      const ana = await aldaba.json<{ id: string; password: string }>(
        ...['user', 'create', '--username', 'ana', '--email', 'ana@example.com'],
      );
      assert.match(ana.password, /^\S{20,}$/);
      const withInput = commandLine(server, { dataFolder, input: 'a password from a pipe\n' });
      const ben = await withInput.json<{ id: string; password?: string }>(
        ...['user', 'create', '--username', 'ben', '--password', '-'],
      );
      assert.equal(ben.password, undefined, 'a given password is not repeated');
      const { app, tenant } = server;
      await app.users.verifyPassword(tenant.db, ana.id, ana.password);
      await app.users.verifyPassword(tenant.db, ben.id, 'a password from a pipe');
      const cleo = await aldaba.json<{ hasPassword: boolean }>(
        ...['user', 'create', '--email', 'cleo@example.com', '--no-password'],
      );
      assert.equal(cleo.hasPassword, false);
    });

    it('lists users page by page, and finds a user by part of a name', async () => {
      const first = await aldaba('user', 'list', '--limit', '2');
      assert.match(first.out, /Page 1 of 2, 3 in all/);
      // With a character that no ID has, since IDs are searched, too.
      const found = await aldaba.json<{ items: { primaryEmail: string }[] }>('user', 'list', '--search', 'LEO@EX');
      assert.deepEqual(
        found.items.map(({ primaryEmail }) => primaryEmail),
        ['cleo@example.com'],
      );
      const wrong = await aldaba('user', 'list', '--limit', '1000');
      assert.equal(wrong.code, 2);
      assert.match(wrong.err, /--limit must be a whole number from 1 to 100/);
    });

    it('finds a user by username, email address or ID', async () => {
      const { id } = await aldaba.json<{ id: string }>('user', 'show', 'ana');
      for (const name of ['ana@example.com', id]) {
        assert.equal((await aldaba.json<{ id: string }>('user', 'show', name)).id, id);
      }
    });

    it('sets another password, suspends a user and ends the suspension', async () => {
      const { id, password } = await aldaba.json<{ id: string; password: string }>('user', 'reset-password', 'ana');
      await server.app.users.verifyPassword(server.tenant.db, id, password);
      assert.equal((await aldaba('user', 'suspend', 'ana')).code, 0);
      assert.match((await aldaba('user', 'show', 'ana')).out, /State +suspended/);
      assert.equal((await aldaba('user', 'suspend', 'ana', '--undo')).code, 0);
      assert.match((await aldaba('user', 'show', 'ana')).out, /State +active/);
    });

    it('names an unknown option, and lists the commands of a noun', async () => {
      const unknown = await aldaba('user', 'create', '--usrname', 'x');
      assert.equal(unknown.code, 2);
      assert.match(unknown.err, /--usrname/);
      const noun = await aldaba('user');
      assert.equal(noun.code, 2);
      assert.match(noun.err, /user reset-password/);
      assert.doesNotMatch(noun.err, /connector/);
    });
  });

  describe('Tenants on the command line', () => {
    it('creates a whole tenant that the running server serves at once', async () => {
      const url = `${server.url}/t/acme`;
      assert.equal((await fetch(`${url}/oidc/jwks`)).status, 404);
      const created = await aldaba.json<{ endpoint: string; resource: string }>(
        ...['tenant', 'create', 'acme', '--name', 'Acme'],
      );
      assert.deepEqual([created.endpoint, created.resource], [url, 'https://acme.logto.app/api']);
      const keys = (await (await fetch(`${url}/oidc/jwks`)).json()) as { keys: unknown[] };
      assert.ok(keys.keys.length > 0, 'the tenant has no keys');
      const page = await fetch(`${url}/demo-app`);
      assert.equal(page.status, 200);
      const machine = await aldaba.json<{ id: string; secret: string; resource: string }>(
        ...['app', 'create', '--tenant', 'acme', '--type', 'MachineToMachine', '--name', 'M', '--management-api'],
      );
      const answer = await token(url, machine.id, machine.secret, machine.resource);
      const { access_token: access } = (await answer.json()) as { access_token: string };
      const headers = { authorization: `Bearer ${access}` };
      const settings = await fetch(`${url}/api/sign-in-exp`, { headers });
      assert.equal(((await settings.json()) as { tenantId: string }).tenantId, 'acme');
      const users = await fetch(`${url}/api/users`, { headers });
      assert.deepEqual(await users.json(), [], 'users of another tenant are there');
    });

    it('lists the tenants, and rejects a duplicate ID and an ID that no URL can contain', async () => {
      assert.match((await aldaba('tenant', 'list')).out, /acme +Acme +http\S+\/t\/acme/);
      const twice = await aldaba('tenant', 'create', 'acme');
      assert.equal(twice.code, 1);
      assert.match(twice.err, /The tenant "acme" already exists/);
      for (const id of ['Acme', '-acme', 'a'.repeat(22), 'a/b']) {
        assert.equal((await aldaba('tenant', 'create', '--', id)).code, 2, id);
      }
      const unknown = await aldaba('user', 'list', '--tenant', 'nobody');
      assert.equal(unknown.code, 1);
      assert.match(unknown.err, /No tenant "nobody" exists\. "tenant list" shows all/);
    });
  });
});

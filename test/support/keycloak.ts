import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { freePort, startProgram } from './programs.ts';

const version = '26.4.7';
const cache = join(import.meta.dirname, '../../.cache/clients');
const home = join(cache, `keycloak-${version}`);
const administrator = { username: 'administrator', password: 'administers keycloak' };
/** By default, Keycloak takes up to half of the machine's memory. */
const environment = {
  JAVA_OPTS_KC_HEAP: '-Xms64m -Xmx512m',
  KC_BOOTSTRAP_ADMIN_USERNAME: administrator.username,
  KC_BOOTSTRAP_ADMIN_PASSWORD: administrator.password,
};

/** A Keycloak with one realm, the directory of a company, whose database is in its memory. */
export interface Keycloak {
  /** The issuer of the realm, without trailing slash. */
  issuer: string;
  /** Calls the admin API of the realm. @throws AssertionError for any status but 2xx. */
  call: <Answer>(method: string, path: string, body?: unknown) => Promise<Answer>;
  /** The id of a user. */
  userId: (username: string) => Promise<string>;
  output: () => string;
  stop: () => Promise<void>;
}

/** Downloads Keycloak (160 MB) from Maven Central and builds it for its database, once. */
function ensureKeycloak(): void {
  const stamp = join(home, 'built');
  if (existsSync(stamp)) return;
  rmSync(home, { recursive: true, force: true });
  mkdirSync(cache, { recursive: true });
  const artifact = `org.keycloak:keycloak-quarkus-dist:${version}:zip`;
  run('mvn', ['-q', '-B', 'dependency:unpack', `-Dartifact=${artifact}`, `-DoutputDirectory=${cache}`]);
  run('sh', [join(home, 'bin/kc.sh'), 'build', '--db=dev-mem']);
  writeFileSync(stamp, ''); // last, so that an interrupted installation is repeated
}

function run(program: string, args: string[]): void {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd: cache, encoding: 'utf8' });
  assert.equal(status, 0, `${program} ${args.join(' ')}\n${stdout}${stderr}${error ?? ''}`);
}

/** Starts Keycloak and imports the realm, an export as Keycloak writes it. */
export async function startKeycloak(realm: { realm: string } & Record<string, unknown>): Promise<Keycloak> {
  ensureKeycloak();
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const options = ['--http-enabled=true', `--http-port=${port}`, '--http-host=127.0.0.1', `--hostname=${url}`];
  const args = [join(home, 'bin/kc.sh'), 'start', '--optimized', '--cache=local', ...options];
  const program = startProgram('sh', args, { environment });
  await program.says(/Listening on:/);
  const call = async <Answer>(method: string, path: string, body?: unknown): Promise<Answer> => {
    const answer = await fetch(`${url}/admin/realms${path}`, {
      method,
      headers: { authorization: `Bearer ${await signInAsAdministrator(url)}`, 'content-type': typeOf(body) },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    assert.ok(answer.ok, `${method} ${path} answered ${answer.status}: ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as Answer;
  };
  const inRealm: Keycloak['call'] = (method, path, body) => call(method, `/${realm.realm}${path}`, body);
  await call('POST', '', realm);
  return {
    issuer: `${url}/realms/${realm.realm}`,
    call: inRealm,
    async userId(username) {
      const [user] = await inRealm<{ id: string }[]>('GET', `/users?exact=true&username=${username}`);
      return user?.id ?? assert.fail(`Keycloak has no user ${username}`);
    },
    output: program.output,
    stop: () => program.stop(),
  };
}

const typeOf = (body: unknown): string => (typeof body === 'string' ? 'application/xml' : 'application/json');

async function signInAsAdministrator(url: string): Promise<string> {
  const body = new URLSearchParams({ grant_type: 'password', client_id: 'admin-cli', ...administrator });
  const answer = await fetch(`${url}/realms/master/protocol/openid-connect/token`, { method: 'POST', body });
  const { access_token: token } = (await answer.json()) as { access_token?: string };
  return token ?? assert.fail(`Keycloak refused its administrator: ${answer.status}`);
}

/** Fills Keycloak's page. */
export async function signInAtKeycloak(page: Page, username: string, password: string): Promise<void> {
  await page.locator('#username').fill(username);
  await page.locator('#password').fill(password);
  await page.getByRole('button', { name: 'Sign In' }).click();
}

/** The user signs out of Keycloak itself, which tells all of its applications. */
export async function signOutOfKeycloak(page: Page, { issuer }: Keycloak): Promise<void> {
  await page.goto(`${issuer}/protocol/openid-connect/logout`);
  await page.getByRole('button', { name: 'Logout' }).click();
}

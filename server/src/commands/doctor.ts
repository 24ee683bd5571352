import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type CommandApp, createCommandApp } from '../app.ts';
import type { Config } from '../config.ts';
import { createOutbound, OutboundError } from '../kernel/outbound.ts';
import { explainStart } from '../start-failure.ts';
import { inspectDatabase } from '../store/inspection.ts';
import { defaultTenantId } from '../tenancy/address.ts';
import type { Tenant } from '../tenancy/service.ts';
import type { Command, Output, WorldInvocation } from './command.ts';
import { checkMessages, type Finding } from './doctor-messages.ts';

/** Milliseconds that clocks may differ: tokens are checked to the second. */
const clockTolerance = 5000;
/** Milliseconds that an endpoint may take to answer. */
const timeLimit = 5000;

export const doctorCommands: readonly Command[] = [
  {
    name: 'doctor',
    summary: 'Check address, proxy, clock, database, secret and messages, and suggest fixes',
    needs: 'world',
    run: diagnose,
  },
];

const ok = (about: string, sentence: string): Finding => ({ state: 'ok', about, sentence });
const warning = (about: string, sentence: string): Finding => ({ state: 'warning', about, sentence });
const failed = (about: string, sentence: string): Finding => ({ state: 'failed', about, sentence });

async function diagnose(invocation: WorldInvocation): Promise<Output> {
  const { config, world } = invocation;
  const findings = [...(await checkFolder(config, world.dataFolder)), checkProxy(config)];
  const database = await checkDatabase(invocation);
  findings.push(...database.findings);
  if (database.isCurrent) findings.push(...(await checkTenant(invocation)));
  else findings.push(...(await checkEndpoint('Endpoint', config.ENDPOINT, undefined)));
  if (config.ADMIN_ENDPOINT) findings.push(...(await checkEndpoint('Admin', config.ADMIN_ENDPOINT, undefined)));
  const broken = findings.filter(({ state }) => state === 'failed').length;
  const marks = { ok: '✔', warning: '!', failed: '✖' };
  return {
    text: [
      ...findings.map(({ state, about, sentence }) => `${marks[state]} ${about.padEnd(10)} ${sentence}`),
      '',
      broken === 0 ? 'All checks passed.' : `${broken === 1 ? 'One check' : `${broken} checks`} failed.`,
    ],
    data: findings,
    exitCode: broken === 0 ? 0 : 1,
  };
}

/** The secret in the data folder opens every sealed value: only its owner may read it. */
async function checkFolder(config: Config, dataFolder: string): Promise<Finding[]> {
  if (config.ALDABA_SECRET !== undefined) return [];
  const path = join(dataFolder, 'secret');
  const { mode } = await stat(path);
  return (mode & 0o077) === 0
    ? [ok('Folder', `${dataFolder}; the secret is readable by its owner only`)]
    : [failed('Folder', `Other users can read ${path}. Run: chmod 600 ${path}`)];
}

function checkProxy({ ENDPOINT, HOST, TRUSTED_PROXIES }: Config): Finding {
  const isTls = ENDPOINT.startsWith('https:');
  if (isTls && TRUSTED_PROXIES.length === 0)
    return warning(
      'Proxy',
      'ENDPOINT is https, so a proxy adds TLS, but TRUSTED_PROXIES is empty: rate limits and the audit log use the address of the proxy instead of the client. Set it to the address of the proxy, e.g. 127.0.0.1',
    );
  const isLocal = /^(localhost|127\.|\[::1\])/.test(new URL(ENDPOINT).host);
  if (!isTls && !isLocal)
    return warning(
      'Proxy',
      `ENDPOINT is http on a host other than localhost: passwords and tokens are sent unencrypted. Add a proxy with TLS`,
    );
  if (TRUSTED_PROXIES.length > 0 && HOST === '0.0.0.0')
    return ok('Proxy', `trusts ${TRUSTED_PROXIES.join(', ')}; set HOST=127.0.0.1 so that clients cannot bypass it`);
  return ok('Proxy', TRUSTED_PROXIES.length > 0 ? `trusts ${TRUSTED_PROXIES.join(', ')}` : 'none needed');
}

async function checkDatabase({ config, world }: WorldInvocation): Promise<{ findings: Finding[]; isCurrent: boolean }> {
  try {
    const found = await inspectDatabase(world.databaseUrl, join(world.root, 'server/src/store/migrations'));
    const findings = [
      Number.parseInt(found.version, 10) >= 15
        ? ok('Database', `PostgreSQL ${found.version} answers in ${found.roundTrip} ms`)
        : failed('Database', `PostgreSQL ${found.version} is too old. Upgrade to 15 or newer`),
      clock('of the database', found.clockAhead),
    ];
    if (found.connectionLimit < config.DATABASE_POOL_SIZE + 5)
      findings.push(
        failed(
          'Database',
          `max_connections is ${found.connectionLimit} and DATABASE_POOL_SIZE ${config.DATABASE_POOL_SIZE}. Raise max_connections or lower DATABASE_POOL_SIZE`,
        ),
      );
    if (found.unknown.length > 0)
      findings.push(
        failed('Schema', `A newer Aldaba migrated this database (${found.unknown.join(', ')}). Run that version`),
      );
    else if (found.missing.length > 0)
      findings.push(failed('Schema', `${found.missing.length} migrations are missing. Run: ./aldaba migrate`));
    else findings.push(ok('Schema', 'up to date'));
    return { findings, isCurrent: found.unknown.length + found.missing.length === 0 };
  } catch (error) {
    return { findings: [failed('Database', explainStart(error, config))], isCurrent: false };
  }
}

function clock(source: string, ahead: number): Finding {
  const seconds = Math.abs(ahead / 1000).toFixed(1);
  return Math.abs(ahead) <= clockTolerance
    ? ok('Clock', `agrees with that ${source} within ${seconds} s`)
    : failed(
        'Clock',
        `The clock ${source} is ${seconds} s ${ahead > 0 ? 'ahead' : 'behind'}: tokens are rejected. Synchronize both with NTP`,
      );
}

/** What needs the tenant's rows: the secret, the address, the messages. */
async function checkTenant({ config, world }: WorldInvocation): Promise<Finding[]> {
  let app: CommandApp;
  try {
    app = await createCommandApp(config, world, { connectorPackages: true });
  } catch (error) {
    const sentence = explainStart(error, config);
    const reason = failed(/ALDABA_SECRET/.test(sentence) ? 'Secret' : 'Schema', sentence);
    return [reason, ...(await checkEndpoint('Endpoint', config.ENDPOINT, undefined))];
  }
  try {
    const tenant = await app.tenancy.get(defaultTenantId);
    const secret = await checkSecret(app, tenant);
    // Keys that cannot be opened cannot be listed either.
    const keyIds = secret.state === 'ok' ? (await app.keys.list(tenant)).map(({ id }) => id) : undefined;
    const endpoint = await checkEndpoint('Endpoint', config.ENDPOINT, keyIds);
    return [secret, ...endpoint, ...(secret.state === 'ok' ? await checkMessages(app, tenant) : [])];
  } finally {
    await app.close();
  }
}

async function checkSecret({ keys }: CommandApp, tenant: Tenant): Promise<Finding> {
  try {
    await keys.sign(tenant, { exp: Math.floor(Date.now() / 1000) + 60 });
    return ok('Secret', 'decrypts the signing keys');
  } catch {
    return failed(
      'Secret',
      'This secret does not decrypt the signing keys of the database. Set ALDABA_SECRET, or the file secret in ALDABA_DATA, to the one that the database was created with',
    );
  }
}

/**
 * Whether the address that tokens name answers, and with the keys of this database.
 * @param keyIds of the published keys; undefined to leave that out
 */
async function checkEndpoint(
  about: string,
  endpoint: string,
  keyIds: readonly string[] | undefined,
): Promise<Finding[]> {
  let response: Response;
  try {
    // The operator's own server, which may have a private address.
    const reach = createOutbound({ allowed: [hostOf(endpoint)], timeLimit });
    response = await reach(`${endpoint}/oidc/jwks`, { redirect: 'manual' });
  } catch (error) {
    return [
      failed(
        about,
        `${endpoint} does not answer (${reasonOf(error)}). Start the server; check DNS, proxy and firewall`,
      ),
    ];
  }
  if (response.status !== 200)
    return [
      failed(
        about,
        `${endpoint}/oidc/jwks returns ${response.status} instead of 200. Configure the proxy to forward all paths to Aldaba`,
      ),
    ];
  const body = (await response.json().catch(() => undefined)) as { keys?: { kid?: string }[] } | undefined;
  const published = body?.keys?.map(({ kid }) => kid) ?? [];
  if (keyIds && !published.some((id) => keyIds.includes(id ?? '')))
    return [
      failed(
        about,
        `${endpoint} is served from another database. Correct ENDPOINT or run this command with the environment of the server`,
      ),
    ];
  const date = Date.parse(response.headers.get('date') ?? '');
  // The header has whole seconds.
  const ahead = Number.isNaN(date) ? 0 : date + 500 - Date.now();
  return [
    ok(about, `${endpoint} answers`),
    ...(Math.abs(ahead) > clockTolerance ? [clock(`at ${endpoint}`, ahead)] : []),
  ];
}

const hostOf = (url: string): string => new URL(url).hostname.replace(/^\[(.*)\]$/, '$1');

/** The code of a failed request, e.g. ECONNREFUSED. */
function reasonOf(error: unknown): string {
  if (error instanceof OutboundError && error.reason === 'time') return `no answer in ${timeLimit / 1000} s`;
  const cause = error instanceof Error ? (error.cause as { code?: unknown } | undefined) : undefined;
  return typeof cause?.code === 'string' ? cause.code : 'no connection';
}

/** `npm run bench -- --large`: lists and searches of a tenant with a million users and ten thousand organizations. */
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startEmbedded } from '../server/src/store/embedded.ts';
import { startSubject } from './channel.ts';
import { measureConsoleList } from './console-list.ts';
import { obtainManagementToken } from './flows.ts';
import { bigOrganization, bigRole, fillLarge, logCount, organizationCount, userCount } from './large-data.ts';
import { type Client, createClient, runLoad } from './load.ts';
import { percentile } from './measurement.ts';
import { freePort } from './servers.ts';
import type { AldabaSettings } from './subjects/aldaba.ts';
import { describeMachine, integer, table } from './table.ts';

/** Requests in flight: what is measured is an answer, not a queue. */
const parallel = 2;
/** Milliseconds. */
const aim = 100;
/** The row of the Console: Chromium, not HTTP alone. */
export const consoleListId = 'console-list';
/** Milliseconds from an answer to its rows on the screen. */
const consoleAim = 300;

interface LargeRow {
  id: string;
  name: string;
  /** Path and query below `/api`; `count` varies the values, so that no answer is the last one again. */
  path: (count: number) => string;
}

const pageSize = 20;
/** As the Console asks: a time of the last days of 2025, when the newest users signed in. */
const daysAgo = (days: number) => String(Date.UTC(2026, 0, 1) - days * 86_400_000);
const search = (fields: Record<string, string>) => `/users?${new URLSearchParams(fields)}`;
/** As the filling makes it of a user's number. */
const idOf = (user: number) => createHash('md5').update(String(user)).digest('hex').slice(0, 12);
const number = (count: number) => 1 + ((count * 7919 + 13) % userCount);

export const largeRows: LargeRow[] = [
  { id: 'users-first', name: 'Users, first page', path: () => '/users' },
  { id: 'users-100', name: 'Users, page 100', path: (count) => `/users?page=${100 + (count % 5)}` },
  { id: 'users-middle', name: 'Users, page 25,000', path: (count) => `/users?page=${25_000 + (count % 5)}` },
  { id: 'users-last', name: 'Users, last page', path: (count) => `/users?page=${userCount / pageSize - (count % 5)}` },
  {
    id: 'created-after',
    name: 'Users created within the last month',
    path: (count) => search({ createdAfter: String(Date.UTC(2025, 11, 1 + (count % 5))) }),
  },
  {
    id: 'created-active',
    name: 'Users created within the last month who are not suspended',
    path: (count) => search({ createdAfter: String(Date.UTC(2025, 11, 1 + (count % 5))), isSuspended: 'false' }),
  },
  {
    id: 'mfa',
    name: 'Users with a second factor',
    path: (count) => search({ hasMfa: 'true', page: String(1 + (count % 5)) }),
  },
  {
    id: 'mfa-middle',
    name: 'Users with a second factor, page 5,000',
    path: (count) => search({ hasMfa: 'true', page: String(5000 + (count % 5)) }),
  },
  {
    id: 'mfa-without',
    name: 'Users without a second factor',
    path: (count) => search({ hasMfa: 'false', page: String(1 + (count % 5)) }),
  },
  {
    id: 'signed-in',
    name: 'Users who signed in within 7 days',
    path: (count) => search({ lastSignInAfter: daysAgo(7), page: String(1 + (count % 5)) }),
  },
  {
    id: 'signed-in-sorted',
    name: 'Users who signed in within 7 days, the last ones first',
    path: (count) => search({ lastSignInAfter: daysAgo(7), sort: '-lastSignInAt', page: String(1 + (count % 5)) }),
  },
  {
    id: 'by-sign-in',
    name: 'Users by last sign-in, first page',
    path: (count) => search({ sort: '-lastSignInAt', page: String(1 + (count % 5)) }),
  },
  {
    id: 'by-sign-in-middle',
    name: 'Users by last sign-in, page 25,000',
    path: (count) => search({ sort: '-lastSignInAt', page: String(25_000 + (count % 5)) }),
  },
  {
    id: 'by-sign-in-never',
    name: 'Users by last sign-in, those without one first',
    path: (count) => search({ sort: 'lastSignInAt', page: String(1 + (count % 5)) }),
  },
  {
    id: 'by-creation',
    name: 'Users by creation, the oldest first',
    path: (count) => search({ sort: 'createdAt', page: String(1 + (count % 5)) }),
  },
  {
    id: 'mfa-by-sign-in',
    name: 'Users with a second factor, by last sign-in',
    path: (count) => search({ hasMfa: 'true', sort: '-lastSignInAt', page: String(1 + (count % 5)) }),
  },
  {
    id: 'active-signed-in',
    name: 'Users who signed in within 7 days and are not suspended',
    path: (count) => search({ lastSignInAfter: daysAgo(7), isSuspended: 'false', page: String(1 + (count % 5)) }),
  },
  {
    id: 'mfa-signed-in',
    name: 'Users without a second factor who signed in within 30 days, by last sign-in',
    path: (count) =>
      search({
        hasMfa: 'false',
        lastSignInAfter: daysAgo(30),
        sort: '-lastSignInAt',
        page: String(1 + (count % 5)),
      }),
  },
  {
    id: 'mfa-name',
    name: 'Users without a second factor by a part of any field, by last sign-in',
    path: (count) => search({ hasMfa: 'false', sort: '-lastSignInAt', search: `%${number(count)}@%` }),
  },
  {
    id: 'role-mfa',
    name: 'Users with that role and without a second factor',
    path: (count) => search({ roleId: bigRole.id, hasMfa: 'false', page: String(1 + (count % 5)) }),
  },
  {
    id: 'role-members',
    name: 'Members of that organization who have that role',
    path: (count) => search({ organizationId: bigOrganization.id, roleId: bigRole.id, page: String(1 + (count % 5)) }),
  },
  {
    id: 'email-prefix',
    name: 'Users by the start of an email address',
    path: (count) => search({ 'search.primaryEmail': `ada.becker${String(number(count)).slice(0, 2)}%` }),
  },
  {
    id: 'email-substring',
    name: 'Users by a part of an email address',
    path: (count) => search({ 'search.primaryEmail': `%${number(count)}@%` }),
  },
  {
    id: 'username-exact',
    name: 'User by username, exact',
    path: (count) =>
      search({ 'search.username': `ada_${78 * (1 + ((count * 7919) % 12_000))}`, 'mode.username': 'exact' }),
  },
  {
    id: 'name-substring',
    name: 'Users by a part of the name',
    path: (count) => search({ 'search.name': `%${['ada sch', 'osa tan', 'kofi u', 'vera xu'][count % 4]}%` }),
  },
  {
    id: 'any-substring',
    name: 'Users by a part of any field',
    path: (count) => search({ search: `%${number(count)}@%` }),
  },
  {
    id: 'members',
    name: `Members of an organization with ${bigOrganization.members.toLocaleString('en')}`,
    path: (count) => `/organizations/${bigOrganization.id}/users?page=${1 + (count % 200)}`,
  },
  {
    id: 'members-search',
    name: 'Members of that organization by a part of any field',
    path: (count) => `/organizations/${bigOrganization.id}/users?q=${['ada', 'kofi', 'xu', 'omar'][count % 4]}`,
  },
  {
    id: 'role-users',
    name: `Users who have a role that ${bigRole.holders.toLocaleString('en')} have, page 500`,
    path: (count) => `/roles/${bigRole.id}/users?page=${500 + (count % 5)}`,
  },
  {
    id: 'role-others',
    name: 'Users without that role, page 100',
    path: (count) => `/users?excludeRoleId=${bigRole.id}&page=${100 + (count % 5)}`,
  },
  { id: 'roles', name: 'Roles, with their numbers of users', path: () => '/roles?page=1' },
  {
    id: 'organizations',
    name: `Organizations, of ${organizationCount.toLocaleString('en')}`,
    path: (count) => `/organizations?page=${1 + (count % 400)}`,
  },
  {
    id: 'user-organizations',
    name: 'Organizations of a user',
    path: (count) => `/users/${idOf(1 + ((count * 7919) % 80_000))}/organizations?page=1`,
  },
  {
    id: 'logs',
    name: `Audit log of ${logCount.toLocaleString('en')} entries, counted to 10,000`,
    path: (count) => `/logs?enableCap=true&page=${1 + (count % 100)}`,
  },
  {
    id: 'logs-key',
    name: 'Audit log by key, counted completely',
    path: (count) => `/logs?logKey=Interaction.Create&page=${1 + (count % 100)}`,
  },
  {
    id: 'logs-user',
    name: 'Audit log by user',
    path: (count) => `/logs?userId=${idOf(1 + ((count * 7919) % 50_000))}`,
  },
  { id: 'organizations-q', name: 'Organizations by q', path: (count) => `/organizations?q=${100 + (count % 900)}` },
];

export interface LargeOptions {
  root: string;
  flags: string[];
  only: string[] | undefined;
  operations: number;
}

/**
 * Starts a server on `data/bench-large`, which is filled at the first run and kept, and measures the rows. Returns a
 * table.
 */
export async function measureLarge(options: LargeOptions, say: (line: string) => void): Promise<string> {
  await using stack = new AsyncDisposableStack();
  const { client, token, openConsole } = await startLarge(options, stack, say);
  const rows = largeRows.filter(({ id }) => options.only?.includes(id) ?? true);
  const headers = { authorization: `Bearer ${token}` };
  const lines: string[][] = [];
  for (const row of rows) {
    say(`  ${row.name} …`);
    const operation = async (_worker: number, count: number) => {
      await client.send({ method: 'GET', path: `/api${row.path(count)}`, headers }, 200);
    };
    // One connection prepares its statements at a time; a plan settles at the sixth use.
    await runLoad(operation, Math.min(12, options.operations), parallel);
    const { latencies } = await runLoad(operation, options.operations, parallel);
    latencies.sort((a, b) => a - b);
    const p95 = percentile(latencies, 0.95);
    const { headers: answered } = await client.send({ method: 'GET', path: `/api${row.path(0)}`, headers }, 200);
    lines.push([
      row.name,
      integer(Number(answered['total-number'])),
      percentile(latencies, 0.5).toFixed(1),
      p95.toFixed(1),
      `≤ ${aim}`,
      p95 <= aim ? 'ok' : '**missed**',
    ]);
  }
  if (options.only?.includes(consoleListId) ?? true) {
    say('  the Console in Chromium …');
    const { answer, rows: shown } = await openConsole();
    const name = `The Console’s list of users: its answer after ${answer.toFixed(1)} ms, the rows after it`;
    const verdict = shown <= consoleAim ? 'ok' : '**missed**';
    lines.push([name, integer(userCount), shown.toFixed(1), '', `≤ ${consoleAim}`, verdict]);
  }
  const head = ['List or search', 'Total', 'p50 ms', 'p95 ms', 'Target', ''];
  return `${describeMachine()}\n\n${table(head, lines)}`;
}

interface Large {
  client: Client;
  token: string;
  openConsole: () => ReturnType<typeof measureConsoleList>;
}

async function startLarge(
  { root, flags }: LargeOptions,
  stack: AsyncDisposableStack,
  say: (line: string) => void,
): Promise<Large> {
  const dataFolder = join(root, 'data/bench-large');
  await mkdir(dataFolder, { recursive: true });
  const database = stack.adopt(await startEmbedded({ dataFolder, purpose: 'server', progress: say }), (started) =>
    started.stop(),
  );
  const settings: AldabaSettings = { databaseUrl: database.url, root, dataFolder, port: await freePort() };
  const program = join(root, 'dist/bench/aldaba.js');
  const subject = stack.adopt(
    await startSubject({ program, flags, environment: { ALDABA_ROOT: root }, settings }),
    (started) => started.stop(),
  );
  await fillLarge(database.url, 'default', say);
  const client = stack.adopt(createClient(subject.port), (open) => open.close());
  const manager = await subject.ask<{ id: string; secret: string; indicator: string }>('createManager');
  return {
    client,
    token: await obtainManagementToken(client, manager, manager.indicator),
    openConsole: async () =>
      measureConsoleList(`http://127.0.0.1:${subject.port}`, await subject.ask<string>('createAdminLink')),
  };
}

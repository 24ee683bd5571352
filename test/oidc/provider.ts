import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { type AddressInfo, createServer } from 'node:net';
import type { Application } from '@aldaba/contract';
import {
  type ApplicationDraft,
  type Applications,
  createApplications,
} from '../../server/src/features/applications/index.ts';
import { createPageSender } from '../../server/src/features/hosted-pages/index.ts';
import { createPasswords } from '../../server/src/features/passwords/index.ts';
import { createResources } from '../../server/src/features/resources/index.ts';
import { createRoles, seedManagementApi } from '../../server/src/features/roles/index.ts';
import { createSignInExperiences } from '../../server/src/features/sign-in-experience/index.ts';
import { createUsers, type User, type Users } from '../../server/src/features/users/index.ts';
import { createHttp, type Request } from '../../server/src/http/index.ts';
import { createVault } from '../../server/src/kernel/crypto.ts';
import { createLog } from '../../server/src/kernel/log.ts';
import {
  createOidc,
  createSigningKeySeed,
  endApplicationGrants,
  endUserSessions,
  type Oidc,
  oidcRoutes,
} from '../../server/src/oidc/index.ts';
import { findRoot } from '../../server/src/root.ts';
import { createCaches, type Database, migrate, openDatabase } from '../../server/src/store/index.ts';
import { createTenancy, type Tenancy, type Tenant } from '../../server/src/tenancy/index.ts';
import { cluster } from '../support/cluster.ts';

/** The protocol over real HTTP and PostgreSQL with a clock that tests move; signing in is done through the port. */
export interface Provider {
  url: string;
  tenant: Tenant;
  tenancy: Tenancy;
  database: Database;
  clock: { now(): number; advance(milliseconds: number): void };
  oidc: Oidc;
  applications: Applications;
  users: Users;
  resources: ReturnType<typeof createResources>;
  roles: ReturnType<typeof createRoles>;
  addClient(draft: Partial<ApplicationDraft> & Pick<ApplicationDraft, 'type'>): Promise<Application>;
  addUser(draft?: Parameters<Users['create']>[1]): Promise<User>;
  close(): Promise<void>;
}

export async function startProvider(options: { secret?: string } = {}): Promise<Provider> {
  const { urlOf, admin } = await cluster();
  const name = `t_${randomUUID().replaceAll('-', '')}`;
  await admin(`create database ${name} owner ${/\/\/([^:@/]+)/.exec(urlOf(name))?.[1] ?? 'postgres'}`);
  const log = createLog(process.env.ALDABA_TEST_LOG ?? 'silent');
  let ahead = 0;
  const clock = {
    now: () => Date.now() + ahead,
    advance(milliseconds: number) {
      ahead += milliseconds;
    },
  };
  const migrated = await migrate(urlOf(name), `${findRoot(process.env)}/server/src/store/migrations`, () => undefined);
  const database = openDatabase({
    url: urlOf(name),
    poolSize: 6,
    log,
    ...(migrated.role ? { role: migrated.role } : {}),
  });
  const caches = await createCaches(database, clock.now);
  const vault = createVault(options.secret ?? 'a secret for tests that is long enough');
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const tenancy = createTenancy({
    database,
    caches,
    addresses: { endpoint: url },
    seeds: [createSigningKeySeed(vault), seedManagementApi],
  });
  const tenant = await tenancy.create({ id: 'default', name: 'Default' });
  await tenancy.create({ id: 'admin', name: 'Admin' });

  const roles = createRoles({ database, caches });
  const passwords = createPasswords({ concurrency: 1, maximumQueue: 4 });
  const users = createUsers({ clock, passwords, roles, sessions: { endAll: endUserSessions } });
  const applications = createApplications({
    database,
    caches,
    clock,
    vault,
    roles,
    grants: { endOfApplication: endApplicationGrants },
  });
  const resources = createResources({ database, caches, roles });
  const signInExperiences = createSignInExperiences({ database, caches, connectorsOf: async () => [] });
  const pages = createPageSender({ signInExperiences, applications, tenancy });
  const oidc = createOidc({
    database,
    caches,
    clock,
    vault,
    log,
    tenancy,
    applications,
    users,
    resources,
    roles,
    pages,
  });
  const http = createHttp({ tenancy, log, trustedProxies: [] });
  oidcRoutes(http, oidc);
  // Stands for the sign-in pages: the person in the header has proved who they are.
  http.post('/test/sign-in', async (request: Request) => {
    const interaction = await oidc.port.load(request);
    if (!interaction) return { error: 'no interaction' };
    const userId = String(request.headers['x-test-user'] ?? '');
    return tenant.db.transaction((tx) =>
      userId
        ? oidc.port.finish(tx, interaction, { userId, amr: ['pwd'], authenticatedAt: new Date(clock.now()) })
        : oidc.port.abort(tx, interaction, 'access_denied'),
    );
  });
  http.get('/test/guarded', async (request: Request) => oidc.verifyManagementToken(request, request.tenant));
  await http.listen({ port, host: '127.0.0.1' });
  return {
    url,
    tenant,
    tenancy,
    database,
    clock,
    oidc,
    applications,
    users,
    resources,
    roles,
    addClient: (draft) => tenant.db.transaction((tx) => applications.create(tx, { name: 'Test app', ...draft })),
    addUser: (draft = {}) => tenant.db.transaction((tx) => users.create(tx, draft)),
    async close() {
      await http.close();
      await oidc.close();
      await database.close();
      await admin(`drop database ${name} with (force)`);
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url');
export const randomText = (): string => randomBytes(32).toString('base64url');

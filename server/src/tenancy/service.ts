import { AldabaError } from '../kernel/errors.ts';
import type { CacheRegistry, Database, Queries, Transaction } from '../store/index.ts';
import {
  type Addresses,
  adminTenantId,
  baseUrlOf,
  consoleUrlOf,
  createLocator,
  type Location,
  type RequestAddress,
} from './address.ts';
import { managementIndicatorOf } from './management-indicator.ts';
import {
  findSetting,
  findTenant,
  findTenants,
  insertTenant,
  lockSetting,
  saveSetting,
  type TenantRecord,
} from './store.ts';

export interface Tenant {
  readonly id: string;
  readonly name: string;
  /**
   * Public URL of the tenant without trailing slash, e.g. `https://id.example.com` or `https://id.example.com/t/acme`.
   */
  readonly baseUrl: string;
  /** The path of `baseUrl`: '' at the root, otherwise e.g. `/t/acme`. Cookies are set for it, links start with it. */
  readonly basePath: string;
  /** `<baseUrl>/oidc`. */
  readonly issuer: string;
  /** Resource indicator of the tenant's Management API; does not depend on the host. */
  readonly managementIndicator: string;
  /** Queries that see only this tenant's rows. */
  readonly db: Queries;
}

/** Inserts a feature's initial rows of a new tenant, in the transaction that creates the tenant. */
export type Seed = (tx: Transaction, tenantId: string) => Promise<void>;

export interface Tenancy {
  /** Pure and synchronous: used to rewrite the request's path before routing. */
  locate: (address: RequestAddress) => Location;
  /** The path of a tenant's base URL, even if the tenant does not exist; see `Tenant.basePath`. */
  basePathOf: (tenantId: string) => string;
  /** Address of the Console, without trailing slash. */
  readonly consoleUrl: string;
  /** @throws AldabaError `tenant.not_found` for unknown and suspended tenants, and for undefined. */
  get: (tenantId: string | undefined) => Promise<Tenant>;
  /**
   * Creates a tenant with keys, settings and its Management API in one transaction, and registers that API in the admin
   * tenant; does nothing if the tenant exists. After a failure, the next call repeats everything.
   */
  create: (tenant: { id: string; name: string }) => Promise<Tenant>;
  /** Every tenant, including suspended ones, by id. */
  list: () => Promise<{ id: string; name: string; baseUrl: string; isSuspended: boolean }[]>;
  /** A cached JSON setting of the tenant, or undefined. */
  setting: (tenant: Tenant, key: string) => Promise<unknown>;
  /** The same from the database, for a change that depends on it. */
  storedSetting: (q: Queries, key: string) => Promise<unknown>;
  saveSetting: (q: Queries, key: string, value: unknown) => Promise<void>;
  /**
   * Replaces a setting by the result of `decide`; `before` is null if it was not set. Changes are serialized across
   * nodes, so none is lost. Nothing changes if `decide` throws.
   */
  changeSetting: <Value>(
    q: Queries,
    key: string,
    decide: (before: unknown, tx: Transaction) => Value | Promise<Value>,
  ) => Promise<{ before: unknown; after: Value }>;
}

export function createTenancy(deps: {
  database: Database;
  caches: CacheRegistry;
  addresses: Addresses;
  seeds: readonly Seed[];
  /**
   * The admin tenant's rows for another tenant; one statement in the admin tenant, which can be repeated. It runs
   * before the tenant is created, or in the transaction that creates the admin tenant.
   */
  managedSeed: Seed;
}): Tenancy {
  const { database, addresses } = deps;
  const basePathOf = (tenantId: string): string => {
    const { pathname } = new URL(baseUrlOf(addresses, tenantId));
    return pathname === '/' ? '' : pathname;
  };
  const toTenant = (record: TenantRecord): Tenant => {
    const baseUrl = baseUrlOf(addresses, record.id);
    return Object.freeze({
      id: record.id,
      name: record.name,
      baseUrl,
      basePath: basePathOf(record.id),
      issuer: `${baseUrl}/oidc`,
      managementIndicator: managementIndicatorOf(record.id),
      db: database.tenant(record.id),
    });
  };
  const known = deps.caches.create<Tenant>({
    name: 'tenants',
    maximum: 1000,
    maximumAge: 60_000,
    async load(tenantId) {
      const record = await findTenant(database.tenant(tenantId));
      return record && !record.isSuspended ? toTenant(record) : undefined;
    },
  });
  const settings = deps.caches.create<{ value: unknown }>({
    name: 'tenant-settings',
    maximum: 1000,
    maximumAge: 60_000,
    load: async (tenantId, key) => ({ value: await findSetting(database.tenant(tenantId), key) }),
  });
  const get = async (tenantId: string | undefined) => {
    const tenant = tenantId === undefined ? undefined : await known.get(tenantId, '');
    if (!tenant) throw new AldabaError('tenant.not_found');
    return tenant;
  };
  /** Registers a tenant in the admin tenant, if that exists, before the tenant is created. */
  const announce = async (tenantId: string) => {
    const admin = database.tenant(adminTenantId);
    if (await findTenant(admin)) await admin.transaction((tx) => deps.managedSeed(tx, tenantId));
  };
  const insert = (tenant: { id: string; name: string }) =>
    database.tenant(tenant.id).transaction(async (tx) => {
      if (!(await insertTenant(tx, tenant))) return;
      for (const seed of deps.seeds) await seed(tx, tenant.id);
      if (tenant.id === adminTenantId)
        for (const { id } of await findTenants(database.system))
          if (id !== adminTenantId) await deps.managedSeed(tx, id);
      await known.changed(tx, '');
    });
  return {
    locate: createLocator(addresses),
    basePathOf,
    consoleUrl: consoleUrlOf(addresses),
    get,
    async create(tenant) {
      if (!(await findTenant(database.tenant(tenant.id)))) {
        // First, so that after a failure the next call does both again, and never one without the other.
        if (tenant.id !== adminTenantId) await announce(tenant.id);
        await insert(tenant);
      }
      return get(tenant.id);
    },
    list: async () =>
      (await findTenants(database.system)).map((record) => ({ ...record, baseUrl: baseUrlOf(addresses, record.id) })),
    setting: async (tenant, key) => (await settings.get(tenant.id, key))?.value,
    storedSetting: findSetting,
    saveSetting: (q, key, value) =>
      q.transaction(async (tx) => {
        await saveSetting(tx, key, value);
        await settings.changed(tx, key);
      }),
    changeSetting: (q, key, decide) =>
      q.transaction(async (tx) => {
        const before = await lockSetting(tx, key);
        const after = await decide(before, tx);
        await saveSetting(tx, key, after);
        await settings.changed(tx, key);
        return { before, after };
      }),
  };
}

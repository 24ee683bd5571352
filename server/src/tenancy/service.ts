import { AldabaError } from '../kernel/errors.ts';
import type { CacheRegistry, Database, Queries, Transaction } from '../store/index.ts';
import {
  type Addresses,
  adminTenantId,
  baseUrlOf,
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
  /** The path of `baseUrl`: '' at the root, else e.g. `/t/acme`. Cookies are set for it, links start with it. */
  readonly basePath: string;
  /** `<baseUrl>/oidc`. */
  readonly issuer: string;
  /** Resource indicator of the tenant's Management API; does not depend on the host. */
  readonly managementIndicator: string;
  /** Queries that see this tenant's rows only. */
  readonly db: Queries;
}

/** Gives a new tenant the rows that a feature needs from the start; runs in the transaction that creates the tenant. */
export type Seed = (tx: Transaction, tenantId: string) => Promise<void>;

export interface Tenancy {
  /** Pure and synchronous: used to rewrite the request's path before routing. */
  locate(address: RequestAddress): Location;
  /** The path of a tenant's base URL, also of one that does not exist; see `Tenant.basePath`. */
  basePathOf(tenantId: string): string;
  /** @throws AldabaError `tenant.not_found` for unknown and suspended tenants, and for undefined. */
  get(tenantId: string | undefined): Promise<Tenant>;
  /**
   * Creates a tenant with keys, settings and its Management API in one transaction, and makes that API known to the
   * admin tenant; does nothing when it exists. What failed is done again, as a whole, by the next call.
   */
  create(tenant: { id: string; name: string }): Promise<Tenant>;
  /** Every tenant, also suspended ones, by ID. */
  list(): Promise<{ id: string; name: string; baseUrl: string; isSuspended: boolean }[]>;
  /** A cached JSON setting of the tenant, or undefined. */
  setting(tenant: Tenant, key: string): Promise<unknown>;
  saveSetting(tenant: Tenant, key: string, value: unknown): Promise<void>;
  /**
   * Replaces a setting by what `decide` makes of it; `before` is null when there was none. One change at a time: none
   * is lost, wherever the others run. Nothing changes when `decide` throws.
   */
  changeSetting<Value>(
    tenant: Tenant,
    key: string,
    decide: (before: unknown) => Value,
  ): Promise<{ before: unknown; after: Value }>;
}

export function createTenancy(deps: {
  database: Database;
  caches: CacheRegistry;
  addresses: Addresses;
  seeds: readonly Seed[];
  /**
   * What the admin tenant has for each other tenant; one statement in the admin tenant, which may be sent again. It
   * comes before the tenant itself, or in the transaction that creates the admin tenant.
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
  /** Tells the admin tenant, if there is one, of another that is about to be. */
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
    get,
    async create(tenant) {
      if (!(await findTenant(database.tenant(tenant.id)))) {
        // Before it is there: if this ends half-way, the next call does both again, and never one without the other.
        if (tenant.id !== adminTenantId) await announce(tenant.id);
        await insert(tenant);
      }
      return get(tenant.id);
    },
    list: async () =>
      (await findTenants(database.system)).map((record) => ({ ...record, baseUrl: baseUrlOf(addresses, record.id) })),
    setting: async (tenant, key) => (await settings.get(tenant.id, key))?.value,
    saveSetting: (tenant, key, value) =>
      tenant.db.transaction(async (tx) => {
        await saveSetting(tx, key, value);
        await settings.changed(tx, key);
      }),
    changeSetting: (tenant, key, decide) =>
      tenant.db.transaction(async (tx) => {
        const before = await lockSetting(tx, key);
        const after = decide(before);
        await saveSetting(tx, key, after);
        await settings.changed(tx, key);
        return { before, after };
      }),
  };
}

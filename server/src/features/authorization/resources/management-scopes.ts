import type { Database, Queries } from '../../../store/database.ts';
import type { Tenancy, Tenant } from '../../../tenancy/service.ts';
import { insertManagementScopes, scopesOfManagementApi } from './store.ts';

/** Setting of the admin tenant: the names of the permissions that the Management APIs of all tenants have. */
const key = 'management-scopes';

interface Needs {
  database: Database;
  tenancy: Pick<Tenancy, 'setting' | 'saveSetting'>;
  /** Gives them to the roles that read a tenant. */
  grantReading: (system: Queries, names: readonly string[]) => Promise<unknown>;
}

/**
 * Gives the Management APIs of existing tenants the permissions that the contract declares since the last start, so
 * that a new group of routes needs no migration. One cached read if there are none. If it fails, or several nodes start
 * at once, the next call does the same again. Permissions that are no longer declared stay: no route asks for them.
 */
export async function addNewManagementScopes({ database, tenancy, grantReading }: Needs, admin: Tenant): Promise<void> {
  const stored = await tenancy.setting(admin, key);
  const known = new Set(Array.isArray(stored) ? stored : []);
  const added = scopesOfManagementApi.map(({ name }) => name).filter((name) => !known.has(name));
  if (added.length === 0) return;
  await insertManagementScopes(database.system, added);
  await grantReading(database.system, added);
  await tenancy.saveSetting(admin.db, key, [...known, ...added]);
}

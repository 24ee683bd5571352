import type { Vault } from '../kernel/crypto.ts';
import { defined } from '../kernel/defined.ts';
import { AldabaError } from '../kernel/errors.ts';
import type { Tenancy, Tenant } from './service.ts';

/** Settings that contain secrets: JSON, sealed for the tenant and the key. */
export interface SealedSettings<Value> {
  /** Cached. */
  find: (tenant: Tenant, key: string) => Promise<Value | undefined>;
  /** Returns whether it is new. */
  save: (tenant: Tenant, key: string, value: Value) => Promise<boolean>;
  /** Replaces the given members and returns all. @throws AldabaError `entity.not_found` */
  update: (tenant: Tenant, key: string, change: { [Name in keyof Value]?: Value[Name] | undefined }) => Promise<Value>;
  /** Returns whether it existed. */
  remove: (tenant: Tenant, key: string) => Promise<boolean>;
}

export function createSealedSettings<Value extends object>({
  tenancy,
  vault,
  schema,
}: {
  tenancy: Pick<Tenancy, 'setting' | 'saveSetting' | 'changeSetting'>;
  vault: Vault;
  schema: { parse: (value: unknown) => Value };
}): SealedSettings<Value> {
  const contextOf = (tenant: Tenant, key: string) => `${tenant.id}/${key}`;
  const open = (tenant: Tenant, key: string, sealed: unknown): Value | undefined =>
    typeof sealed === 'string' ? schema.parse(JSON.parse(vault.open(sealed, contextOf(tenant, key)))) : undefined;
  const change = async (tenant: Tenant, key: string, decide: (before: Value | undefined) => Value) => {
    const { before, after } = await tenancy.changeSetting(tenant.db, key, (sealed) =>
      vault.seal(JSON.stringify(decide(open(tenant, key, sealed))), contextOf(tenant, key)),
    );
    return { before: open(tenant, key, before), after: open(tenant, key, after) as Value };
  };
  const find: SealedSettings<Value>['find'] = async (tenant, key) =>
    open(tenant, key, await tenancy.setting(tenant, key));
  return {
    find,
    save: async (tenant, key, value) => (await change(tenant, key, () => value)).before === undefined,
    update: async (tenant, key, changed) => {
      const given = defined(changed);
      const { after } = await change(tenant, key, (before) => {
        if (!before) throw new AldabaError('entity.not_found');
        return { ...before, ...given };
      });
      return after;
    },
    remove: async (tenant, key) => {
      if (!(await find(tenant, key))) return false;
      await tenancy.saveSetting(tenant.db, key, null);
      return true;
    },
  };
}

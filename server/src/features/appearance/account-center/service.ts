import { type AccountCenter, type AccountCenterChange, accountCenterSchema } from '@aldaba/contract';
import type { Changes } from '../../../kernel/changes.ts';
import { defined } from '../../../kernel/defined.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import type { Queries, Transaction } from '../../../store/index.ts';
import { adminTenantId } from '../../../tenancy/address.ts';
import type { Tenancy, Tenant } from '../../../tenancy/index.ts';

export interface AccountCenters {
  /** Cached. */
  get: (tenant: Tenant) => Promise<AccountCenter>;
  /** The origins at which passkeys of the tenant's host work: its own first, then the listed ones. */
  passkeyOrigins: (tenant: Tenant) => Promise<string[]>;
  /**
   * Replaces the given members, and the named members of `fields`.
   * @throws AldabaError `request.feature_not_supported` for deletions on the admin tenant, where the last administrator
   *   could go, and for styles, which the account page does not have;
   *   `custom_profile_fields.entity_not_exists_with_names`
   */
  update: (tenant: Tenant, change: AccountCenterChange) => Promise<AccountCenter>;
}

const key = 'account-center';

/** What the admin tenant has until it is changed: administrators need a place for their password and second factors. */
const ofAdministrators: Pick<AccountCenter, 'enabled' | 'fields'> = {
  enabled: true,
  fields: {
    ...{ name: 'Edit', avatar: 'Edit', username: 'Edit', email: 'Edit', password: 'Edit', social: 'Edit' },
    ...{ mfa: 'Edit', passkey: 'Edit', session: 'Edit' },
  },
};

interface Needs {
  tenancy: Pick<Tenancy, 'setting' | 'changeSetting'>;
  changes: Changes<Transaction>;
  profileFields: { requireNames: (q: Queries, wanted: readonly { name: string }[]) => Promise<void> };
}

export function createAccountCenters({ tenancy, changes, profileFields }: Needs): AccountCenters {
  const read = (tenantId: string, stored: unknown) =>
    accountCenterSchema.parse({
      ...(tenantId === adminTenantId ? ofAdministrators : {}),
      ...(stored as object | null | undefined),
      tenantId,
      id: 'default',
    });
  changes.on('profile-field.deleted', async (tx, { name }) => {
    await tenancy.changeSetting(tx, key, (stored) => {
      const shown = read(tx.tenantId, stored).profileFields;
      if (!shown?.some((field) => field.name === name)) return stored;
      return { ...(stored as object), profileFields: shown.filter((field) => field.name !== name) };
    });
  });
  return {
    get: async (tenant) => read(tenant.id, await tenancy.setting(tenant, key)),
    async passkeyOrigins(tenant) {
      const { webauthnRelatedOrigins } = read(tenant.id, await tenancy.setting(tenant, key));
      return [...new Set([tenant.baseUrl, ...webauthnRelatedOrigins].map((address) => new URL(address).origin))];
    },
    update: async (tenant, { fields, ...change }) => {
      const given = defined(change);
      if (tenant.id === adminTenantId && typeof given.deletionGraceDays === 'number')
        throw new AldabaError('request.feature_not_supported', { setting: 'deletionGraceDays' });
      // A page on which users see and change credentials takes no style sheet that could show them something else.
      if (given.customCss) throw new AldabaError('request.feature_not_supported', { setting: 'customCss' });
      const { after } = await tenancy.changeSetting(tenant.db, key, async (stored, tx) => {
        if (given.profileFields) await profileFields.requireNames(tx, given.profileFields);
        const before = read(tenant.id, stored);
        return accountCenterSchema.parse({ ...before, ...given, fields: { ...before.fields, ...fields } });
      });
      return after;
    },
  };
}

import { type SignInExperience, type SignInExperienceChange, signInExperienceSettingsSchema } from '@aldaba/contract';
import { AldabaError } from '../../kernel/errors.ts';
import type { CacheRegistry, Database, Queries } from '../../store/index.ts';
import { adminTenantId, type Seed, type Tenant } from '../../tenancy/index.ts';
import { type AvailableConnector, findRuleBreak } from './rules.ts';
import { findSettings, mergeSettings } from './store.ts';

export interface SignInExperiencesNeeds {
  database: Database;
  caches: CacheRegistry;
  /** The connectors that the tenant has configured. */
  connectorsOf(tenant: Tenant): Promise<readonly AvailableConnector[]>;
}

export interface SignInExperiences {
  /** All settings, with the defaults of those that were never changed; cached. */
  get(tenant: Tenant): Promise<SignInExperience>;
  /**
   * Replaces the members that are given.
   * @throws AldabaError `sign_in_experiences.…` when the settings would contradict one another
   */
  update(tenant: Tenant, change: SignInExperienceChange): Promise<SignInExperience>;
  /** A target has no connector any more: its button goes. */
  dropTarget(tx: Queries, target: string): Promise<void>;
}

export function createSignInExperiences({ database, caches, connectorsOf }: SignInExperiencesNeeds): SignInExperiences {
  const cache = caches.create<SignInExperience>({
    name: 'sign-in-experiences',
    maximum: 2000,
    maximumAge: 60_000,
    load: async (tenantId) => read(tenantId, await findSettings(database.tenant(tenantId))),
  });
  return {
    get: async (tenant) => (await cache.get(tenant.id, '')) ?? read(tenant.id, undefined),
    update: async (tenant, change) => {
      const connectors = await connectorsOf(tenant);
      return tenant.db.transaction(async (tx) => {
        const merged = read(tenant.id, await mergeSettings(tx, withoutGaps(change)));
        const broken = findRuleBreak(merged, connectors);
        if (broken) throw new AldabaError(broken.code, broken.data);
        await cache.changed(tx, '');
        return merged;
      });
    },
    dropTarget: async (tx, target) => {
      const { socialSignInConnectorTargets: targets } = read(tx.tenantId, await findSettings(tx));
      if (!targets.includes(target)) return;
      await mergeSettings(tx, { socialSignInConnectorTargets: targets.filter((other) => other !== target) });
      await cache.changed(tx, '');
    },
  };
}

/** Administrators are made by invitation or by the one-time link: nobody registers in the admin tenant. */
export const seedSignInExperience: Seed = async (tx, tenantId) => {
  if (tenantId === adminTenantId) await mergeSettings(tx, { signInMode: 'SignIn' });
};

const read = (tenantId: string, stored: unknown): SignInExperience => ({
  tenantId,
  id: 'default',
  ...signInExperienceSettingsSchema.parse(stored ?? {}),
});

const withoutGaps = (change: SignInExperienceChange): object =>
  Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));

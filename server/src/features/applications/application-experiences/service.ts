import type { ApplicationExperience } from '@aldaba/contract';
import { AldabaError } from '../../../kernel/errors.ts';
import type { CacheRegistry, Database, Queries } from '../../../store/index.ts';
import { atomic } from '../../../store/transaction.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import type { Look } from './look.ts';
import * as store from './store.ts';

export interface ApplicationExperiencesNeeds {
  database: Database;
  caches: CacheRegistry;
}

export interface ApplicationExperiences {
  /** Cached; empty for applications without overrides and for unknown ones. */
  lookOf: (tenant: Tenant, applicationId: string) => Promise<Look>;
  /** @throws AldabaError `entity.not_exists_with_id` without the application, `entity.not_found` without overrides */
  get: (q: Queries, applicationId: string) => Promise<ApplicationExperience>;
  /**
   * Sets the given members.
   * @throws AldabaError `entity.not_exists_with_id`, `application.invalid_type` for applications that show no pages
   */
  set: (
    q: Queries,
    applicationId: string,
    change: { [Member in keyof Look]?: Look[Member] | undefined },
  ) => Promise<{ experience: ApplicationExperience; isNew: boolean }>;
}

export function createApplicationExperiences({
  database,
  caches,
}: ApplicationExperiencesNeeds): ApplicationExperiences {
  const looks = caches.create<Look>({
    name: 'application-looks',
    maximum: 5000,
    maximumAge: 60_000,
    load: async (tenantId, id) => (await store.findLook(database.tenant(tenantId), id)) ?? {},
  });
  const requireType = async (q: Queries, id: string) => {
    const type = await store.findApplicationType(q, id);
    if (type === undefined) throw new AldabaError('entity.not_exists_with_id', { name: 'application', id });
    return type;
  };
  return {
    lookOf: async (tenant, applicationId) => (await looks.get(tenant.id, applicationId)) ?? {},
    get: async (q, applicationId) => {
      await requireType(q, applicationId);
      const look = await store.findLook(q, applicationId);
      if (!look) throw new AldabaError('entity.not_found');
      return toExperience(q, applicationId, look);
    },
    set: atomic(async (tx, applicationId, change) => {
      if ((await requireType(tx, applicationId)) === 'MachineToMachine')
        throw new AldabaError('application.invalid_type');
      const { look, isNew } = await store.mergeLook(tx, applicationId, change);
      await looks.changed(tx, applicationId);
      return { experience: toExperience(tx, applicationId, look), isNew };
    }),
  };
}

const toExperience = (q: Queries, applicationId: string, look: Look): ApplicationExperience => ({
  color: {},
  branding: {},
  customCss: null,
  termsOfUseUrl: null,
  privacyPolicyUrl: null,
  displayName: null,
  ...look,
  tenantId: q.tenantId,
  applicationId,
});

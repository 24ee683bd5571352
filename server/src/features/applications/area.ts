/** Applications: the clients of the protocol, who may use them, and what users consent to. */
import type { SigningAlgorithm } from '@aldaba/contract';
import type { Implement } from '../../http/index.ts';
import type { Changes } from '../../kernel/changes.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Vault } from '../../kernel/crypto.ts';
import type { CacheRegistry, Database, Transaction } from '../../store/index.ts';
import type { Tenancy } from '../../tenancy/index.ts';
import type { Roles } from '../authorization/roles/index.ts';
import type { Organizations } from '../organizations/organizations/index.ts';
import { createAccessControl } from './access-control/index.ts';
import { accessControlRoutes } from './access-control/routes.ts';
import { createApplicationExperiences } from './application-experiences/index.ts';
import { applicationExperienceRoutes } from './application-experiences/routes.ts';
import { createApplications } from './applications/index.ts';
import { applicationRoutes } from './applications/routes.ts';
import { createConsentOrganizations } from './consent-organizations/index.ts';
import { consentOrganizationRoutes } from './consent-organizations/routes.ts';
import { createConsentScopes } from './consent-scopes/index.ts';
import { consentScopeRoutes } from './consent-scopes/routes.ts';

interface Needs {
  database: Database;
  caches: CacheRegistry;
  changes: Changes<Transaction>;
  clock: Clock;
  vault: Vault;
  roles: Roles;
  tenancy: Pick<Tenancy, 'consoleUrl'>;
  organizations: Organizations;
  keys: {
    /** @throws AldabaError `oidc.signing_key_missing` if no current key of the tenant signs with the algorithm */
    requireAlgorithm: (tx: Transaction, algorithm: SigningAlgorithm | undefined) => Promise<void>;
  };
  grants: {
    /** Revokes every grant and token of an application, in the transaction that deletes it. */
    endOfApplication: (tx: Transaction, applicationId: string) => Promise<void>;
  };
}

type ApplicationsArea = ReturnType<typeof createApplicationsArea>;

export function createApplicationsArea(needs: Needs) {
  const { database, caches, changes, clock, vault, roles, organizations, keys, grants, tenancy } = needs;
  return {
    applications: createApplications({
      database,
      caches,
      clock,
      vault,
      roles,
      keys,
      grants,
      consoleUrl: tenancy.consoleUrl,
    }),
    applicationExperiences: createApplicationExperiences({ database, caches }),
    accessControl: createAccessControl(),
    consentScopes: createConsentScopes({ database, caches, changes }),
    consentOrganizations: createConsentOrganizations({ organizations }),
  };
}

export function mountApplicationsArea(implement: Implement, area: ApplicationsArea): void {
  applicationRoutes(implement, area.applications);
  applicationExperienceRoutes(implement, area.applicationExperiences);
  accessControlRoutes(implement, area.accessControl);
  consentScopeRoutes(implement, area.consentScopes);
  consentOrganizationRoutes(implement, area.consentOrganizations);
}

import { availableParallelism } from 'node:os';
import { createAccessControl } from './features/applications/access-control/index.ts';
import { createApplicationExperiences } from './features/applications/application-experiences/index.ts';
import { createApplications } from './features/applications/applications/index.ts';
import { createConsentOrganizations } from './features/applications/consent-organizations/index.ts';
import { createConsentScopes } from './features/applications/consent-scopes/index.ts';
import { createResources } from './features/authorization/resources/index.ts';
import { createRoles } from './features/authorization/roles/index.ts';
import { createConfigs } from './features/operation/configs/index.ts';
import { createActions } from './features/operator-scripts/actions/index.ts';
import { createCustomClaims } from './features/operator-scripts/custom-claims/index.ts';
import { createOrganizationJit } from './features/organizations/organization-jit/index.ts';
import { createOrganizationRoles } from './features/organizations/organization-roles/index.ts';
import { createOrganizations } from './features/organizations/organizations/index.ts';
import { createAdaptiveMfa } from './features/people/adaptive-mfa/index.ts';
import { createMfaVerifications, createSecondFactors } from './features/people/mfa-verifications/index.ts';
import { createPersonalAccessTokens } from './features/people/personal-access-tokens/index.ts';
import { createSubjectTokens } from './features/people/subject-tokens/index.ts';
import { createTrustedDevices } from './features/people/trusted-devices/index.ts';
import { createUserTransfers } from './features/people/user-transfers/index.ts';
import { createUsers } from './features/people/users/index.ts';
import { createHooks } from './features/records/hooks/index.ts';
import type { Foundation } from './foundation.ts';
import { endOfApplication, endOfUser, requireAlgorithm } from './oidc/index.ts';
import { createScripts } from './services/isolates/index.ts';
import { createMessageLimits } from './services/message-limits/index.ts';
import { createPasswords } from './services/passwords/index.ts';

/** The services of users, organizations, applications and their permissions, each after the services that it uses. */
export function createDirectory(foundation: Foundation) {
  const { clock, log, database, caches, changes, vault, tenancy, hookOutbound, logs, jobs, messageLimits } = foundation;
  const passwords = createPasswords({
    concurrency: availableParallelism(),
    maximumQueue: 200,
    refusalDelay: 1000,
  });
  const hooks = createHooks({ database, caches, clock, vault, jobs, logs, outbound: hookOutbound });
  const events = hooks;
  const roles = createRoles({ database, caches, changes, events });
  const consentScopes = createConsentScopes({ database, caches, changes });
  const resources = createResources({ database, caches, changes, events });
  const organizationRoles = createOrganizationRoles({ events });
  const organizations = createOrganizations({ clock, organizationRoles, events });
  const organizationJit = createOrganizationJit({ organizations, organizationRoles });
  const sessions = { endAll: endOfUser(jobs) };
  const scripts = createScripts({ size: Math.max(2, availableParallelism()) });
  const users = createUsers({ clock, passwords, roles, organizationJit, events, sessions });
  return {
    passwords,
    hooks,
    events,
    roles,
    consentScopes,
    resources,
    organizationRoles,
    organizations,
    organizationJit,
    users,
    userTransfers: createUserTransfers({ clock, log, roles, organizations }),
    applications: createApplications({
      database,
      caches,
      clock,
      vault,
      roles,
      grants: { endOfApplication },
      keys: { requireAlgorithm },
    }),
    applicationExperiences: createApplicationExperiences({ database, caches }),
    accessControl: createAccessControl(),
    consentOrganizations: createConsentOrganizations({ organizations }),
    personalAccessTokens: createPersonalAccessTokens({ clock, vault, users }),
    mfaVerifications: createMfaVerifications({ clock, vault, users, events }),
    adaptiveMfa: createAdaptiveMfa({ clock }),
    secondFactors: createSecondFactors({ clock, vault, users, events }),
    trustedDevices: createTrustedDevices({ clock, users }),
    subjectTokens: createSubjectTokens({ clock, users }),
    configs: createConfigs({ tenancy }),
    scripts,
    limits: createMessageLimits({ clock, log, messageLimits, events }),
    actions: createActions({ tenancy, vault, log, logs, scripts }),
    customClaims: createCustomClaims({ tenancy, vault, log, logs, scripts }),
  };
}

export type Directory = ReturnType<typeof createDirectory>;

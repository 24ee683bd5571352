/**
 * The areas of features in dependency order, and what each receives, by name. An area knows only those before it. Its
 * features are listed in `features/<area>/area.ts`.
 */
import { availableParallelism } from 'node:os';
import type { Connector } from '@aldaba/connectors/kit';
import { createAppearanceArea } from './features/appearance/area.ts';
import { createSignInExperienceReader } from './features/appearance/sign-in-experience/index.ts';
import { createApplicationsArea } from './features/applications/area.ts';
import { createAuthorizationArea } from './features/authorization/area.ts';
import { createConnectorsArea } from './features/connectors/area.ts';
import { createEnterpriseArea } from './features/enterprise/area.ts';
import type { SsoConnectors } from './features/enterprise/sso-connectors/index.ts';
import { createOperationArea } from './features/operation/area.ts';
import { createOperatorScriptsArea } from './features/operator-scripts/area.ts';
import { createOrganizationsArea } from './features/organizations/area.ts';
import { createPeopleArea } from './features/people/area.ts';
import { createRecordsArea } from './features/records/area.ts';
import type { Foundation } from './foundation.ts';
import { endOfApplication, endOfUser, requireAlgorithm } from './oidc/index.ts';
import { createMessageLimits } from './services/message-limits/index.ts';
import { createPasswords } from './services/passwords/index.ts';

export type Areas = ReturnType<typeof createAreas>;

type RefreshSso = SsoConnectors['refresh'];

/** @param kinds every kind of connector */
export function createAreas(foundation: Foundation, kinds: readonly Connector[]) {
  // Tokens are refreshed long after every area is there.
  const refreshSso: RefreshSso = (...given) => upper.enterprise.ssoConnectors.refresh(...given);
  const lower = createLowerAreas(foundation, kinds, refreshSso);
  const upper = createUpperAreas(foundation, lower);
  return { ...lower, ...upper };
}

/** From the audit log to users. */
function createLowerAreas(foundation: Foundation, kinds: readonly Connector[], refreshSso: RefreshSso) {
  const { clock, log, database, caches, changes, vault, tenancy, connect, jobs, docsFolder } = foundation;
  const passwords = createPasswords({
    concurrency: availableParallelism(),
    maximumQueue: 200,
    refusalDelay: 1000,
    isBreached: foundation.breachedPasswords,
  });

  const records = createRecordsArea({
    database,
    caches,
    clock,
    log,
    vault,
    jobs,
    outbound: foundation.hookOutbound,
    retentionDays: foundation.logRetentionDays,
    sweeps: foundation.background,
  });
  const { logs, hooks: events } = records;
  const limits = createMessageLimits({ clock, log, events, messageLimits: foundation.messageLimits });
  const operatorScripts = createOperatorScriptsArea({ tenancy, vault, log, logs });
  const authorization = createAuthorizationArea({ database, caches, changes, events });

  const signInExperienceReader = createSignInExperienceReader({ database, caches });
  const connectors = createConnectorsArea({
    database,
    caches,
    changes,
    clock,
    log,
    logs,
    vault,
    tenancy,
    outbound: foundation.providerOutbound,
    connect,
    limits,
    kinds,
    docsFolder,
    signInExperiences: signInExperienceReader,
    refreshSso,
  });
  const people = createPeopleArea({
    ...{ database, clock, vault, changes, jobs, tenancy, log, logs, events, limits, passwords },
    signInExperiences: signInExperienceReader,
    roles: authorization.roles,
    connectors: connectors.connectors,
    tokenSets: connectors.tokenSets,
    sessions: { endAll: endOfUser(jobs) },
  });
  return { passwords, limits, records, operatorScripts, authorization, signInExperienceReader, connectors, people };
}

/** From organizations to the settings of a tenant. */
function createUpperAreas(foundation: Foundation, lower: ReturnType<typeof createLowerAreas>) {
  const { clock, log, database, caches, changes, vault, outbound, tenancy, files } = foundation;
  const { passwords, limits, signInExperienceReader } = lower;
  const { hooks: events } = lower.records;
  const { roles } = lower.authorization;
  const { connectors, sandbox } = lower.connectors;
  const { users, deviceTrust } = lower.people;

  const organizations = createOrganizationsArea({ clock, changes, events, limits, users, connectors });
  const applications = createApplicationsArea({
    database,
    caches,
    changes,
    tenancy,
    clock,
    vault,
    roles,
    organizations: organizations.organizations,
    grants: { endOfApplication },
    keys: { requireAlgorithm },
  });
  const enterprise = createEnterprise(foundation, lower, organizations, applications);
  const appearance = createAppearanceArea({
    database,
    caches,
    changes,
    clock,
    vault,
    ...{ outbound, log, tenancy, files, signInExperienceReader, connectors, sandbox },
    organizations: organizations.organizations,
    applications: applications.applications,
    applicationExperiences: applications.applicationExperiences,
    deviceTrust,
    ssoConnectors: enterprise.ssoConnectors,
  });
  const operation = createOperationArea({
    clock,
    log,
    vault,
    tenancy,
    passwords,
    roles,
    users,
    organizations: organizations.organizations,
    signInExperiences: appearance.signInExperiences,
    logs: lower.records.logs,
    secondFactors: lower.people.secondFactors,
    limits,
    connectors,
  });
  return { organizations, applications, enterprise, appearance, operation };
}

/** What the organizations of customers set up. */
function createEnterprise(
  foundation: Foundation,
  { records, connectors, people, authorization, signInExperienceReader }: ReturnType<typeof createLowerAreas>,
  organizations: ReturnType<typeof createOrganizationsArea>,
  { applications }: ReturnType<typeof createApplicationsArea>,
) {
  const { database, caches, clock, vault, log, outbound, providerOutbound, connect } = foundation;
  const { resolveTxt, jobs, tenancy } = foundation;
  const { logs, hooks: events } = records;
  const { verificationCodes, tokenSets } = connectors;
  const { users, ssoIdentities } = people;
  return createEnterpriseArea({
    ...{ database, caches, clock, vault, log, outbound, providerOutbound, connect },
    ...{ logs, events, resolveTxt, jobs, tenancy },
    signInExperiences: signInExperienceReader,
    ...{ ...organizations, applications, verificationCodes, tokenSets, users, ssoIdentities },
    roles: authorization.roles,
  });
}

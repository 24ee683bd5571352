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

/** @param kinds every kind of connector */
export function createAreas(foundation: Foundation, kinds: readonly Connector[]) {
  const lower = createLowerAreas(foundation, kinds);
  return { ...lower, ...createUpperAreas(foundation, lower) };
}

/** From the audit log to users. */
function createLowerAreas(foundation: Foundation, kinds: readonly Connector[]) {
  const { clock, log, database, caches, changes, vault, tenancy, outbound, jobs, docsFolder } = foundation;
  const passwords = createPasswords({ concurrency: availableParallelism(), maximumQueue: 200, refusalDelay: 1000 });

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
    vault,
    tenancy,
    outbound,
    limits,
    kinds,
    docsFolder,
    signInExperiences: signInExperienceReader,
  });
  const people = createPeopleArea({
    clock,
    vault,
    changes,
    events,
    passwords,
    roles: authorization.roles,
    connectors: connectors.connectors,
    sessions: { endAll: endOfUser(jobs) },
  });
  return { passwords, limits, records, operatorScripts, authorization, signInExperienceReader, connectors, people };
}

/** From organizations to the settings of a tenant. */
function createUpperAreas(foundation: Foundation, lower: ReturnType<typeof createLowerAreas>) {
  const { clock, log, database, caches, changes, vault, tenancy, files } = foundation;
  const { passwords, limits, signInExperienceReader } = lower;
  const { hooks: events } = lower.records;
  const { roles } = lower.authorization;
  const { connectors, sandbox } = lower.connectors;
  const { users } = lower.people;

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
  const appearance = createAppearanceArea({
    database,
    caches,
    changes,
    clock,
    log,
    tenancy,
    files,
    signInExperienceReader,
    connectors,
    sandbox,
    organizations: organizations.organizations,
    applications: applications.applications,
    applicationExperiences: applications.applicationExperiences,
  });
  const operation = createOperationArea({
    clock,
    log,
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
  return { organizations, applications, appearance, operation };
}

import type { Scope } from '@aldaba/contract';
import type { Look } from '../features/applications/application-experiences/index.ts';
import type { Client } from '../features/applications/applications/index.ts';
import type { User } from '../features/people/users/index.ts';
import type { Request } from '../http/index.ts';
import { AldabaError } from '../kernel/errors.ts';
import type { Queries } from '../store/index.ts';
import type { Tenant } from '../tenancy/index.ts';
import type { Agreement } from './agreement.ts';
import { supportedScopes } from './claims.ts';
import type { Core } from './core.ts';
import { findOpenInteraction, type OpenInteraction, settleInteraction } from './interactions.ts';
import { limitsOf } from './limits.ts';
import type { ProtectedResource } from './needs.ts';
import { ProtocolError } from './protocol-error.ts';
import { organizationsResource, permittedScopes } from './resources.ts';
import { findBrowserSession } from './sessions.ts';
import { organizationsScope } from './token/organization.ts';

/** A consent question: the browser's waiting interaction, its application and the signed-in user. */
export interface Question {
  open: OpenInteraction;
  client: Client;
  /** How the application presents itself. */
  look: Look;
  user: User;
}

type ResourceScopes = { resource: ProtectedResource; scopes: Scope[] };

/**
 * What the application would get if the user agrees: limited to the user's own permissions and the application's
 * allowed scopes.
 */
export interface RequestedAccess {
  /** User scopes, without `openid`, which alone reveals no user data. */
  user: string[];
  resources: ResourceScopes[];
  /** The user's organizations to choose from; empty unless the application requests organizations. */
  organizations: { id: string; name: string; resources: ResourceScopes[] }[];
  /** Permissions in the selected organizations that the user has in at least one of them. */
  inOrganizations: { id: string; name: string; description: string | null }[];
  /** All of this, as stored when the user agrees. */
  agreement: Agreement;
}

/** @throws AldabaError `session.not_found` if no interaction of this browser waits for consent */
export async function getQuestion(core: Core, request: Request): Promise<Question> {
  const open = await findOpenInteraction(request, { clock: core.clock, prompt: 'consent' });
  const session = open && (await findBrowserSession(request.tenant.db, request, core.clock));
  const user = session && (await core.users.find(request.tenant.db, session.userId));
  if (!open || !user) throw new AldabaError('session.not_found');
  const client = await core.applications.findClient(request.tenant, open.request.clientId);
  if (!client) throw new ProtocolError('invalid_client', 'client is not registered', { status: 400 });
  return { open, client, look: await core.applicationExperiences.lookOf(request.tenant, client.id), user };
}

/** Exactly what the page shows, because consent covers nothing else. */
export async function findRequestedAccess(
  core: Core,
  who: { tenant: Tenant; q: Queries; client: Client; userId: string },
  asked: { scope: string; resources: readonly string[] },
): Promise<RequestedAccess> {
  const { tenant, q, client, userId } = who;
  const requested = asked.scope.split(' ').filter(Boolean);
  const limits = await limitsOf(core, tenant, client);
  const known: ReadonlySet<string> = new Set(supportedScopes);
  const user = limits.user(requested).filter((name) => name !== 'openid' && known.has(name));
  const targets = await findTargets(core, tenant, asked.resources);
  const permissions = await core.resources.scopesOf(
    q,
    targets.map(({ id }) => id),
  );
  const pick = (resource: ProtectedResource, names: readonly string[]): ResourceScopes => ({
    resource,
    scopes: permissions.filter(({ resourceId, name }) => resourceId === resource.id && names.includes(name)),
  });
  const resources: ResourceScopes[] = [];
  for (const resource of targets) {
    const held = await core.roles.userScopes(q, userId, resource.id);
    const names = permittedScopes(resource, held, limits.resource(resource.id, requested));
    resources.push(pick(resource, names));
  }
  const { items } = user.includes(organizationsScope)
    ? await core.organizations.listOf(q, 'user', userId)
    : { items: [] };
  const held = items.length > 0 ? await core.organizations.permissionsOf(q, userId) : [];
  const inOrganizations = limits.organization(requested).flatMap((name) => {
    const found = held.find((permission) => permission.resourceId === null && permission.name === name);
    return found ? [{ id: found.id, name, description: found.description }] : [];
  });
  const organizations = items.map(({ id, name }) => ({
    id,
    name,
    resources: targets
      .map((resource) => {
        const here = held.filter(
          ({ organizationId, resourceId }) => organizationId === id && resourceId === resource.id,
        );
        const names = limits.organizationResource(resource.id, requested);
        return pick(
          resource,
          names.filter((wanted) => here.some((permission) => permission.name === wanted)),
        );
      })
      .filter(({ scopes }) => scopes.length > 0),
  }));
  const agreement: Agreement = {
    user,
    resources: namesByResource(resources),
    organization: inOrganizations.map(({ name }) => name),
    organizationResources: namesByResource(organizations.flatMap((organization) => organization.resources)),
  };
  return {
    user,
    resources: resources.filter(({ scopes }) => scopes.length > 0),
    organizations,
    inOrganizations,
    agreement,
  };
}

/** The APIs among the indicators. */
async function findTargets(core: Core, tenant: Tenant, indicators: readonly string[]): Promise<ProtectedResource[]> {
  const named = indicators.filter((indicator) => indicator !== organizationsResource);
  const found = await Promise.all(named.map((indicator) => core.resources.findByIndicator(tenant, indicator)));
  return found.filter((resource) => resource !== undefined);
}

function namesByResource(entries: readonly ResourceScopes[]): Record<string, string[]> {
  const names: Record<string, string[]> = {};
  for (const { resource, scopes } of entries)
    names[resource.id] = [...new Set([...(names[resource.id] ?? []), ...scopes.map(({ name }) => name)])];
  return names;
}

/** The same for the waiting question of this browser. */
export const findWaitingAccess = (
  core: Core,
  { tenant }: Request,
  { open, client, user }: Question,
): Promise<RequestedAccess> =>
  findRequestedAccess(core, { tenant, q: tenant.db, client, userId: user.id }, open.request);

/**
 * Stores the user's answer together with what was shown. If the application requested organizations, the selected ones
 * replace those of an earlier consent: an unchecked box is a refusal. If it did not, or the caller passes `undefined`,
 * they stay.
 *
 * @throws AldabaError `session.not_found` if it was already answered, `organization.require_membership`
 */
export const settleQuestion = (
  core: Core,
  request: Request,
  { open, client, user }: Question,
  answer:
    | { decision: 'accept'; agreement: Agreement; organizationIds?: readonly string[] | undefined }
    | { decision: 'deny' },
): Promise<void> =>
  request.tenant.db.transaction(async (tx) => {
    const isYes = answer.decision === 'accept';
    const organizationIds = isYes ? answer.organizationIds : undefined;
    if (organizationIds && open.request.scope.split(' ').includes(organizationsScope))
      await core.consentOrganizations.replace(tx, { applicationId: client.id, userId: user.id }, organizationIds);
    await settleInteraction(
      tx,
      { uidHash: open.record.uidHash, revision: open.record.revision },
      isYes ? { kind: 'consent', userId: user.id, agreement: answer.agreement } : { kind: 'refused' },
      core.clock,
    );
  });

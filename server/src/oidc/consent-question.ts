import type { Scope } from '@aldaba/contract';
import type { Look } from '../features/application-experiences/index.ts';
import type { Client } from '../features/applications/index.ts';
import type { User } from '../features/users/index.ts';
import type { Request } from '../http/index.ts';
import { AldabaError } from '../kernel/errors.ts';
import { supportedScopes } from './claims.ts';
import type { Core } from './core.ts';
import { ProtocolError } from './errors.ts';
import { findOpenInteraction, type OpenInteraction, settleInteraction } from './interactions.ts';
import { limitsOf } from './limits.ts';
import type { ProtectedResource } from './needs.ts';
import { organizationsResource } from './resources.ts';
import { findBrowserSession } from './sessions.ts';
import { organizationsScope } from './token/organization.ts';

/** Who is asked by whom: the browser's waiting interaction, its application and the signed-in user. */
export interface Question {
  open: OpenInteraction;
  client: Client;
  /** How the application presents itself. */
  look: Look;
  user: User;
}

/** What the application would get if the person agreed: nothing that they do not have, or that the operator does not let it ask for. */
export interface Wishes {
  /** Scopes about the person, without `openid`, which alone tells nothing about anybody. */
  user: string[];
  resources: { resource: ProtectedResource; scopes: Scope[] }[];
  /** Organizations of the person to choose from; empty unless the application asks for organizations. */
  organizations: { id: string; name: string }[];
  /** Permissions that it would have in the ones that the person ticks, as far as the person has them there. */
  inOrganizations: { name: string; description: string | null }[];
}

/** @throws AldabaError `session.not_found` when nothing waits for this browser's consent */
export async function getQuestion(core: Core, request: Request): Promise<Question> {
  const open = await findOpenInteraction(request, { clock: core.clock, prompt: 'consent' });
  const session = open && (await findBrowserSession(request.tenant.db, request, core.clock));
  const user = session && (await core.users.find(request.tenant.db, session.userId));
  if (!open || !user) throw new AldabaError('session.not_found');
  const client = await core.applications.findClient(request.tenant, open.request.clientId);
  if (!client) throw new ProtocolError('invalid_client', 'client is not registered', { status: 400 });
  return { open, client, look: await core.applicationExperiences.lookOf(request.tenant, client.id), user };
}

export async function findWishes(core: Core, request: Request, { open, client, user }: Question): Promise<Wishes> {
  const { tenant } = request;
  const requested = open.request.scope.split(' ').filter(Boolean);
  const limits = await limitsOf(core, tenant, client);
  const resources: Wishes['resources'] = [];
  for (const indicator of open.request.resources) {
    const resource =
      indicator === organizationsResource ? undefined : await core.resources.findByIndicator(tenant, indicator);
    if (!resource) continue;
    const held = new Set(await core.roles.userScopes(tenant.db, user.id, resource.id));
    const given = new Set(limits.resource(resource.id, requested).filter((name) => held.has(name)));
    const scopes = (await core.resources.scopesOf(tenant.db, [resource.id])).filter(({ name }) => given.has(name));
    if (scopes.length > 0) resources.push({ resource, scopes });
  }
  const known: ReadonlySet<string> = new Set(supportedScopes);
  const aboutPerson = limits.user(requested).filter((name) => name !== 'openid' && known.has(name));
  const { items: organizations } = aboutPerson.includes(organizationsScope)
    ? await core.organizations.listOf(tenant.db, 'user', user.id)
    : { items: [] };
  const wished = new Set(organizations.length > 0 ? limits.organization(requested) : []);
  const { items } = wished.size > 0 ? await core.organizationRoles.listScopes(tenant.db) : { items: [] };
  const inOrganizations = items.filter(({ name }) => wished.has(name));
  return { user: aboutPerson, resources, organizations, inOrganizations };
}

/**
 * Stores the person's answer. Where the application asked for organizations the ticked ones take the place of those of an
 * earlier consent: a box without a tick is a no. Where it did not ask, or the caller did not (`undefined`), they stay.
 *
 * @throws AldabaError `session.not_found` when it was given meanwhile, `organization.require_membership`
 */
export const settleQuestion = (
  core: Core,
  request: Request,
  { open, client, user }: Question,
  answer: { decision: 'accept' | 'deny'; organizationIds?: readonly string[] | undefined },
): Promise<void> =>
  request.tenant.db.transaction(async (tx) => {
    const { organizationIds } = answer;
    const isYes = answer.decision === 'accept';
    if (isYes && organizationIds && open.request.scope.split(' ').includes(organizationsScope))
      await core.consentOrganizations.replace(tx, { applicationId: client.id, userId: user.id }, organizationIds);
    await settleInteraction(
      tx,
      { uidHash: open.record.uidHash, revision: open.record.revision },
      isYes ? { kind: 'consent', userId: user.id } : { kind: 'refused' },
      core.clock,
    );
  });

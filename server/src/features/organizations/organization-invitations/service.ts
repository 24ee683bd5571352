import type { MessagePayload, OrganizationInvitation } from '@aldaba/contract';
import type { Clock } from '../../../kernel/clock.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { emailKey, requireEmail } from '../../../kernel/identifiers.ts';
import { standardId } from '../../../kernel/ids.ts';
import type { MessageLimits } from '../../../services/message-limits/index.ts';
import type { Queries, Transaction } from '../../../store/index.ts';
import { atomic } from '../../../store/transaction.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import type { Users } from '../../people/users/index.ts';
import type { OrganizationRoles } from '../organization-roles/index.ts';
import { type Organizations, requireType } from '../organizations/index.ts';
import * as store from './store.ts';

interface EmailSender {
  sendMessage: (
    message: { to: string; type: 'OrganizationInvitation'; payload: Record<string, unknown> },
    call: { signal?: AbortSignal },
  ) => Promise<unknown>;
}

export interface OrganizationInvitationsNeeds {
  clock: Clock;
  organizations: Pick<Organizations, 'get' | 'isMember' | 'addMembers' | 'addRoles'>;
  organizationRoles: Pick<OrganizationRoles, 'find'>;
  users: Pick<Users, 'find' | 'findByIdentifier' | 'isEmailVerified'>;
  limits: MessageLimits;
  connectors: {
    /** Sends email for the tenant; undefined if no email connector is fully configured. */
    sender: (tenant: Tenant, type: 'Email') => Promise<EmailSender | undefined>;
  };
}

interface InvitationDraft {
  organizationId: string;
  inviterId?: string | null | undefined;
  invitee: string;
  /** Milliseconds since the epoch. */
  expiresAt: number;
  organizationRoleIds: readonly string[];
}

export interface OrganizationInvitations {
  list: (q: Queries, filter: store.InvitationFilter) => Promise<OrganizationInvitation[]>;
  /** @throws AldabaError `entity.not_exists_with_id` */
  get: (q: Queries, id: string) => Promise<OrganizationInvitation>;
  /**
   * Invites an email address. If a message is given, which may depend on the id, the invitation is stored only when the
   * message was sent.
   * @throws AldabaError `guard.invalid_input` for a deadline in the past, `request.invalid_input` if the invitee is
   *   already a member, `organization.require_membership` if the inviter is not a member,
   *   `entity.unique_integrity_violation` while another invitation is pending, `entity.relation_foreign_key_not_found`,
   *   `entity.db_constraint_violated` for machine-to-machine roles, and the errors of `send`
   */
  create: (
    tenant: Tenant,
    draft: InvitationDraft,
    message: MessagePayload | ((id: string) => MessagePayload) | undefined,
  ) => Promise<OrganizationInvitation>;
  /**
   * @throws AldabaError `connector.not_found` without an email connector, `request.message_rate_limited`, and what the
   *   connector throws
   */
  send: (tenant: Tenant, id: string, message: MessagePayload) => Promise<void>;
  /**
   * Accepts a pending invitation: the user becomes a member with the invitation's roles.
   * @throws AldabaError `request.invalid_input` unless it is pending and the user's primary email address is the
   *   invited one
   */
  accept: (q: Queries, id: string, userId: string | null | undefined) => Promise<OrganizationInvitation>;
  /** @throws AldabaError `request.invalid_input` unless it is pending */
  revoke: (q: Queries, id: string) => Promise<OrganizationInvitation>;
  remove: (q: Queries, id: string) => Promise<void>;
}

export function createOrganizationInvitations(needs: OrganizationInvitationsNeeds): OrganizationInvitations {
  const { clock, organizations, users } = needs;
  const now = () => new Date(clock.now());
  const get = async (q: Queries, id: string) => {
    const invitation = await store.findInvitation(q, id, now());
    if (!invitation) throw missing(id);
    return invitation;
  };
  const remove = async (q: Queries, id: string) => {
    if ((await store.deleteInvitationRow(q, id)) === 0) throw missing(id);
  };
  const getPending = async (tx: Transaction, id: string) => {
    const invitation = await store.lockInvitation(tx, id, now());
    if (!invitation) throw missing(id);
    if (invitation.status !== 'Pending') throw refused(`The invitation is ${invitation.status.toLowerCase()}.`);
    return invitation;
  };
  const send = createSending(needs, get);
  return {
    list: (q, filter) => store.findInvitationList(q, filter, now()),
    get,
    create: async (tenant, draft, message) => {
      if (message) await requireSender(needs, tenant);
      const id = standardId();
      await tenant.db.transaction(async (tx) => {
        await requireInvitable(needs, tx, draft);
        const { organizationId, inviterId = null } = draft;
        const invitee = requireEmail(draft.invitee);
        const roleIds = [...new Set(draft.organizationRoleIds)];
        const expiresAt = new Date(draft.expiresAt);
        await store.insertInvitation(tx, { id, organizationId, inviterId, invitee, expiresAt, roleIds }, now());
      });
      if (message) {
        try {
          await send(tenant, id, typeof message === 'function' ? message(id) : message);
        } catch (error) {
          await remove(tenant.db, id);
          throw error;
        }
      }
      return get(tenant.db, id);
    },
    send,
    accept: atomic(async (tx, id, userId) => {
      const { organizationId, invitee, organizationRoles } = await getPending(tx, id);
      const user = userId ? await users.find(tx, userId) : undefined;
      if (!user) throw refused('Say which user accepts the invitation.');
      if (user.primaryEmail === null || emailKey(user.primaryEmail) !== emailKey(invitee))
        throw refused('The primary e-mail address of the user is not the invited one.');
      if (!(await users.isEmailVerified(tx, user.id)))
        throw refused('The user has not verified the invited address. The user signs in with a code to it first.');
      await organizations.addMembers(tx, 'user', organizationId, [user.id]);
      const roleIds = organizationRoles.map((role) => role.id);
      if (roleIds.length > 0)
        await organizations.addRoles(tx, { kind: 'user', organizationId, ids: [user.id] }, roleIds);
      await store.settleInvitation(tx, id, { status: 'Accepted', acceptedUserId: user.id, now: now() });
      return get(tx, id);
    }),
    revoke: atomic(async (tx, id) => {
      await getPending(tx, id);
      await store.settleInvitation(tx, id, { status: 'Revoked', acceptedUserId: null, now: now() });
      return get(tx, id);
    }),
    remove,
  };
}

async function requireInvitable(
  { clock, organizations, organizationRoles, users }: OrganizationInvitationsNeeds,
  tx: Transaction,
  { organizationId, inviterId, invitee, expiresAt, organizationRoleIds }: InvitationDraft,
): Promise<void> {
  if (expiresAt <= clock.now())
    throw new AldabaError('guard.invalid_input', { reason: 'body.expiresAt: must be in the future' });
  const isMember = (id: string) => organizations.isMember(tx, { kind: 'user', organizationId, id });
  if (inviterId && !(await isMember(inviterId))) throw new AldabaError('organization.require_membership');
  const known = await users.findByIdentifier(tx, { type: 'email', value: invitee });
  if (known && (await isMember(known.id))) throw refused('The person is a member of the organization already.');
  const roles = await organizationRoles.find(tx, { ids: organizationRoleIds });
  requireType(roles, organizationRoleIds, 'User');
}

async function requireSender({ connectors }: OrganizationInvitationsNeeds, tenant: Tenant): Promise<EmailSender> {
  const sender = await connectors.sender(tenant, 'Email');
  if (!sender) throw new AldabaError('connector.not_found', { type: 'Email' });
  return sender;
}

/** The message with the template variables: the organization and the inviter. */
function createSending(
  needs: OrganizationInvitationsNeeds,
  get: OrganizationInvitations['get'],
): OrganizationInvitations['send'] {
  return async (tenant, id, message) => {
    const invitation = await get(tenant.db, id);
    const sender = await requireSender(needs, tenant);
    const organization = await needs.organizations.get(tenant.db, invitation.organizationId);
    const inviter = invitation.inviterId ? await needs.users.find(tenant.db, invitation.inviterId) : undefined;
    const payload = {
      ...message,
      organization: { id: organization.id, name: organization.name, branding: organization.branding },
      ...(inviter
        ? {
            inviter: {
              id: inviter.id,
              name: inviter.name,
              avatar: inviter.avatar,
              username: inviter.username,
              primaryEmail: inviter.primaryEmail,
              primaryPhone: inviter.primaryPhone,
              profile: inviter.profile,
            },
          }
        : {}),
    };
    await needs.limits.count(tenant, { type: 'Email', to: invitation.invitee });
    await sender.sendMessage({ to: invitation.invitee, type: 'OrganizationInvitation', payload }, {});
  };
}

const missing = (id: string) => new AldabaError('entity.not_exists_with_id', { name: 'invitation', id });
const refused = (details: string) => new AldabaError('request.invalid_input', { details });

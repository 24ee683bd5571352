/** Decides what a directory may do with the users it sees; the rules are in docs/decisions/0019. */
import { type ScimPatchOperation, scimResourceTypes } from '@aldaba/contract/scim';
import type { Clock } from '../../../kernel/clock.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import type { Transaction } from '../../../store/database.ts';
import type { Organizations } from '../../organizations/organizations/index.ts';
import type { Users } from '../../people/users/index.ts';
import { restore, suspend } from '../deprovisioning/index.ts';
import type { OrganizationDomains } from '../organization-domains/index.ts';
import type { Values } from './attributes.ts';
import type { Directory } from './directory.ts';
import { invalid, noResource, ScimError } from './errors.ts';
import { readResource } from './input.ts';
import { applyPatch } from './patch.ts';
import type { GroupRoles } from './roles.ts';
import * as store from './store.ts';
import {
  accountValuesOf,
  attributesOf,
  type DirectoryUser,
  emailKeysOf,
  emailOf,
  usernameOf,
  userResource,
  versionOf,
  writableOf,
} from './user-resource.ts';

export interface DirectoryUsersNeeds {
  clock: Clock;
  users: Pick<Users, 'create' | 'update' | 'reclaim' | 'isEmailVerified' | 'findByIdentifier'>;
  organizations: Pick<Organizations, 'addMembers' | 'removeMember'>;
  domains: Pick<OrganizationDomains, 'isVerifiedDomainOf'>;
  groupRoles: GroupRoles;
}

const type = scimResourceTypes.users;

export const toUserResource = (user: DirectoryUser, { base, organizationId }: Directory): Values =>
  userResource(user, { base, isOfOrganization: organizationId !== null });

/** @param ifMatch the versions of which the resource must have one; undefined for any */
export function requireVersion(resource: Values, ifMatch: readonly string[] | undefined): void {
  if (ifMatch && !ifMatch.includes('*') && !ifMatch.includes(versionOf(resource)))
    throw new ScimError(412, 'The resource was changed since this version.');
}

export function createDirectoryUsers(needs: DirectoryUsersNeeds) {
  const { groupRoles } = needs;
  const accounts = createAccounts(needs);

  const getLocked = async (tx: Transaction, { organizationId }: Directory, id: string) => {
    await store.lockUser(tx, id);
    const user = await store.findUser(tx, organizationId, id);
    if (!user) throw noResource();
    return user;
  };
  const after = async (tx: Transaction, directory: Directory, id: string) => {
    const user = await store.findUser(tx, directory.organizationId, id);
    if (!user) throw noResource();
    return toUserResource(user, directory);
  };
  const write = async (tx: Transaction, directory: Directory, given: { user: DirectoryUser; next: Values }) => {
    const { user, next } = given;
    await accounts.change(tx, directory, { user, next });
    await groupRoles.reconcile(tx, directory.organizationId, [user.id]);
    return after(tx, directory, user.id);
  };

  return {
    create: async (tx: Transaction, directory: Directory, body: unknown): Promise<Values> => {
      const next = readResource(type, body);
      const id = await accounts.provision(tx, directory, next);
      await groupRoles.reconcile(tx, directory.organizationId, [id]);
      return after(tx, directory, id);
    },
    /** Attributes that are absent are cleared, except `active`, which stays (RFC 7644 section 3.5.1). */
    replace: async (tx: Transaction, directory: Directory, given: Write & { body: unknown }): Promise<Values> => {
      const user = await getLocked(tx, directory, given.id);
      requireVersion(toUserResource(user, directory), given.ifMatch);
      const before = writableOf(user, directory.organizationId !== null);
      return write(tx, directory, { user, next: { active: before.active, ...readResource(type, given.body) } });
    },
    patch: async (
      tx: Transaction,
      directory: Directory,
      given: Write & { operations: readonly ScimPatchOperation[] },
    ): Promise<Values> => {
      const user = await getLocked(tx, directory, given.id);
      const whole = toUserResource(user, directory);
      requireVersion(whole, given.ifMatch);
      const before = { id: user.id, ...writableOf(user, directory.organizationId !== null) };
      const next = readResource(type, applyPatch(type, before, given.operations));
      return write(tx, directory, { user, next });
    },
    /** Deprovisions the user and forgets what the directory said. */
    remove: async (tx: Transaction, directory: Directory, given: Write): Promise<undefined> => {
      const { organizationId } = directory;
      const user = await getLocked(tx, directory, given.id);
      requireVersion(toUserResource(user, directory), given.ifMatch);
      const ended = await accounts.deactivate(tx, directory, user);
      await store.saveEntry(tx, organizationId, {
        ...{ userId: user.id, now: accounts.now(), userName: null, externalId: null, attributes: {}, emailKeys: [] },
        ...{ ...ended, isOwner: user.entry?.isOwner ?? false, isDeleted: true },
      });
      await store.leaveGroups(tx, organizationId, user.id);
      await groupRoles.reconcile(tx, organizationId, [user.id]);
    },
  };
}

/** What a write needs to find its resource. */
export interface Write {
  id: string;
  ifMatch?: readonly string[] | undefined;
}

const memberOf = (organizationId: string, id: string) => ({ kind: 'user', organizationId, id }) as const;

/** The accounts behind the resources. */
function createAccounts({ clock, users, organizations, domains }: DirectoryUsersNeeds) {
  const now = () => new Date(clock.now());

  const requireOwnDomain = async (tx: Transaction, organizationId: string, email: string) => {
    const domain = domainOf(email);
    if (await domains.isVerifiedDomainOf(tx, organizationId, domain)) return;
    throw invalid(
      'invalidValue',
      `The domain ${domain} is not verified for the organization. Verify it, or invite the user.`,
    );
  };

  /**
   * Whether the directory decides about the account itself: the tenant's always; an organization's only if it created
   * the account, its address is of the organization's domain, and no other organization or directory shares it.
   */
  const controls = async (tx: Transaction, { organizationId }: Directory, user: DirectoryUser): Promise<boolean> => {
    if (organizationId === null) return true;
    if (!user.entry?.isOwner) return false;
    const { primaryEmail: email } = user;
    if (email !== null && !(await domains.isVerifiedDomainOf(tx, organizationId, domainOf(email)))) return false;
    return !(await store.hasOtherParties(tx, organizationId, user.id));
  };

  /** Suspends the account, or ends the membership. Returns what of that is the directory's own doing. */
  const deactivate = async (tx: Transaction, directory: Directory, user: DirectoryUser): Promise<Endings> => {
    const { organizationId } = directory;
    const { hasSuspended, hasRemoved } = user.entry ?? none;
    const isControlled = await controls(tx, directory, user);
    const isMember = organizationId !== null && user.isMember;
    if (isMember) await organizations.removeMember(tx, memberOf(organizationId, user.id));
    const suspends = isControlled && (await suspend(users, tx, user));
    return { hasSuspended: suspends || (hasSuspended && user.isSuspended), hasRemoved: isMember || hasRemoved };
  };

  /** Reverts what the directory itself did; an operator's suspension stays. */
  const activate = async (tx: Transaction, { organizationId }: Directory, user: DirectoryUser): Promise<Endings> => {
    await restore(users, tx, { ...user, hasSuspended: user.entry?.hasSuspended === true });
    if (organizationId !== null && !user.isMember) {
      // If the user left, or an operator ended the membership, only the owner of the address restores it.
      const isOwn = user.entry?.hasRemoved || (user.entry?.isOwner && user.primaryEmail === null);
      if (!isOwn) await requireOwnDomain(tx, organizationId, user.primaryEmail ?? '');
      await organizations.addMembers(tx, 'user', organizationId, [user.id]);
    }
    return none;
  };

  const save = (
    tx: Transaction,
    { organizationId }: Directory,
    given: { userId: string; next: Values; isOwner: boolean } & Endings,
  ) => {
    const { next, ...rest } = given;
    return store.saveEntry(tx, organizationId, {
      ...{ ...rest, now: now(), userName: next.userName as string, externalId: (next.externalId as string) ?? null },
      ...{ attributes: attributesOf(next), emailKeys: emailKeysOf(next), isDeleted: false },
    });
  };

  /** Changes the account where the directory decides about it, the membership, and what the directory says. */
  const change = async (tx: Transaction, directory: Directory, given: { user: DirectoryUser; next: Values }) => {
    const { user, next } = given;
    const isActive = next.active !== false;
    const wasActive = (directory.organizationId === null || user.isMember) && !user.isSuspended;
    if (await controls(tx, directory, user)) await changeAccount(tx, directory, { user, next });
    const { isOwner = false, hasSuspended = false, hasRemoved = false } = user.entry ?? {};
    let endings: Endings = { hasSuspended, hasRemoved };
    if (!isActive) endings = await deactivate(tx, directory, user);
    else if (!wasActive) endings = await activate(tx, directory, user);
    await save(tx, directory, { userId: user.id, next, isOwner, ...endings });
  };

  const changeAccount = async (
    tx: Transaction,
    { organizationId }: Directory,
    given: { user: DirectoryUser; next: Values },
  ) => {
    const { user, next } = given;
    const isProvisioned = user.entry !== undefined && !user.entry.isDeleted;
    const before = writableOf(user, organizationId !== null);
    const { name, avatar, profile } = accountValuesOf(next, isProvisioned ? before : undefined, user.profile);
    const email = emailOf(next);
    const isNewEmail = email !== undefined && email.toLowerCase() !== user.primaryEmail?.toLowerCase();
    // An address that the directory repeats is not news: the user may have changed it since.
    const isMeant = isNewEmail && email !== emailOf(before);
    if (isMeant && organizationId !== null) await requireOwnDomain(tx, organizationId, email);
    const username = organizationId === null ? usernameOf(next.userName as string) : undefined;
    const patch = {
      ...(name !== undefined && name !== user.name ? { name } : {}),
      ...(avatar !== undefined && avatar !== user.avatar ? { avatar } : {}),
      ...(JSON.stringify(profile) === JSON.stringify(user.profile) ? {} : { profile }),
      ...(isMeant ? { primaryEmail: email } : {}),
      ...(username !== undefined && username !== user.username && next.userName !== before.userName
        ? { username }
        : {}),
    };
    if (Object.keys(patch).length > 0) await users.update(tx, user.id, patch);
  };

  const createAccount = async (tx: Transaction, { organizationId }: Directory, next: Values): Promise<string> => {
    const email = emailOf(next);
    const { name, avatar, profile } = accountValuesOf(next, undefined, {});
    const { id } = await users.create(tx, {
      ...{ name: name ?? null, avatar: avatar ?? null, profile, primaryEmail: email ?? null },
      username: organizationId === null ? (usernameOf(next.userName as string) ?? null) : null,
      // The tenant's directory vouches for addresses as an operator does; an organization's for those of its domains.
      ...(organizationId === null ? { isEmailVerified: true } : {}),
    });
    return id;
  };

  /** Finds the account of a new resource, or creates it. Returns its id. */
  const provision = async (tx: Transaction, directory: Directory, next: Values): Promise<string> => {
    const { organizationId } = directory;
    const email = emailOf(next);
    const known = email === undefined ? undefined : await users.findByIdentifier(tx, { type: 'email', value: email });
    if (known) await store.lockUser(tx, known.id);
    const user = known && (await store.findAccount(tx, organizationId, known.id));
    if (user?.entry && !user.entry.isDeleted) throw taken('userName');
    if (organizationId !== null && email !== undefined && !user?.isMember)
      await requireOwnDomain(tx, organizationId, email);
    if (!user) {
      const userId = await createAccount(tx, directory, next);
      const created = await store.findAccount(tx, organizationId, userId);
      if (!created) throw noResource();
      await admit(tx, directory, { user: created, next, isOwner: true });
      return userId;
    }
    // An attacker may have registered the address without proving it.
    if (organizationId === null || !user.isMember) await users.reclaim(tx, user.id);
    await admit(tx, directory, { user, next, isOwner: user.entry?.isOwner ?? false });
    return user.id;
  };

  const admit = async (
    tx: Transaction,
    directory: Directory,
    given: { user: DirectoryUser; next: Values; isOwner: boolean },
  ) => {
    const { next, isOwner } = given;
    const isNew = isOwner && !given.user.entry;
    // Whether the directory may make the user a member has been decided.
    const user = { ...given.user, entry: { ...(given.user.entry ?? absent), isOwner, hasRemoved: true } };
    if (!isNew && (await controls(tx, directory, user))) await changeAccount(tx, directory, { user, next });
    const endings = await (next.active === false ? deactivate : activate)(tx, directory, user);
    await save(tx, directory, { userId: user.id, next, isOwner, ...endings });
  };

  return { now, change, deactivate, provision };
}

const domainOf = (email: string): string => email.slice(email.lastIndexOf('@') + 1);

/** What a directory itself ended, and so may restore. */
interface Endings {
  hasSuspended: boolean;
  hasRemoved: boolean;
}

const none: Endings = { hasSuspended: false, hasRemoved: false };
const absent = {
  ...{ userName: null, externalId: null, attributes: {}, isOwner: false, ...none },
  ...{ isDeleted: true, updatedAt: new Date(0) },
};

const taken = (what: string) => new ScimError(409, `Another user has this ${what}.`, 'uniqueness');

const conflicts: Record<string, string> = {
  scim_users_user_name: 'userName',
  scim_users_external_id: 'externalId',
};

/** The protocol's errors for those of the accounts. */
export function explainUserError(error: unknown, constraint: string | undefined): unknown {
  if (constraint && Object.hasOwn(conflicts, constraint)) return taken(conflicts[constraint] as string);
  if (!(error instanceof AldabaError)) return error;
  if (error.code === 'user.email_already_in_use') return taken('email address');
  if (error.code === 'user.username_already_in_use') return taken('userName');
  if (error.code === 'user.invalid_email') return invalid('invalidValue', 'An email address is not valid.');
  return error;
}

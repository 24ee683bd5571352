/** The accounts of the people of a directory: created or found, kept as the directory says, suspended and restored. */
import { hashToken } from '../../../kernel/crypto.ts';
import { normalizeEmail } from '../../../kernel/identifiers.ts';
import { makeStorable } from '../../../kernel/storable.ts';
import type { Transaction } from '../../../store/database.ts';
import type { OrganizationJit } from '../../organizations/organization-jit/index.ts';
import type { SsoIdentities } from '../../people/sso-identities/index.ts';
import type { User, Users } from '../../people/users/index.ts';
import { restore, suspend } from '../deprovisioning/index.ts';
import type { LdapGroups, LdapPerson } from '../ldap-directories/index.ts';
import { ldapAnswer, type SyncedDirectory } from '../sso-connectors/index.ts';
import * as store from './people-store.ts';
import type { Turn } from './store.ts';

export interface AccountsNeeds {
  users: Pick<Users, 'create' | 'update' | 'reclaim' | 'find' | 'findByIdentifier'>;
  ssoIdentities: Pick<SsoIdentities, 'findUser' | 'link'>;
  organizationJit: Pick<OrganizationJit, 'joinByConnector' | 'applyMappings'>;
}

export type ListedPerson = LdapPerson & LdapGroups;
export type Outcome = 'created' | 'linked' | 'updated' | 'restored' | 'unchanged';
type Connector = SyncedDirectory['row'];

/** Everything that an account follows: what the directory says, and what the connector makes of it. */
export const digestOf = (person: ListedPerson, { domains, roleMappings, syncProfile }: Connector): string =>
  hashToken(JSON.stringify([person, domains, roleMappings, syncProfile]));

const domainOf = (email: string): string => email.slice(email.lastIndexOf('@') + 1).toLowerCase();

/** The address of a person if the connector is responsible for its domain; others are not the account's. */
function addressOf({ email: given }: ListedPerson, { domains }: Connector): string | undefined {
  const email = given === undefined ? undefined : normalizeEmail(given);
  return email !== undefined && domains.includes(domainOf(email)) ? email : undefined;
}

export function createAccounts({ users, ssoIdentities, organizationJit }: AccountsNeeds) {
  /** The account of a person, and how it was found. Undefined where people do not get accounts. */
  const provide = async (
    tx: Transaction,
    key: { connectorId: string; issuer: string; identityId: string },
    given: { email: string | undefined; name: string | undefined; creates: boolean },
  ): Promise<{ user: User; outcome: Outcome } | undefined> => {
    const { email, name, creates } = given;
    const linked = await ssoIdentities.findUser(tx, key);
    if (linked) return { user: linked, outcome: 'unchanged' };
    const owner = email === undefined ? undefined : await users.findByIdentifier(tx, { type: 'email', value: email });
    if (owner) {
      // As at a sign-in: an attacker may have registered the address without proving it.
      await users.reclaim(tx, owner.id);
      return { user: owner, outcome: 'linked' };
    }
    if (!creates) return undefined;
    const verified = email === undefined ? {} : { primaryEmail: email, isEmailVerified: true };
    return { user: await users.create(tx, { name: name ?? null, ...verified }), outcome: 'created' };
  };

  /** Changes what the directory has changed. What it repeats may have been changed by the user or an operator. */
  const follow = async (
    tx: Transaction,
    user: User,
    given: {
      known: store.KnownPerson | undefined;
      email: string | undefined;
      name: string | undefined;
      syncs: boolean;
    },
  ): Promise<boolean> => {
    const { known, email, name, syncs } = given;
    const isNewEmail = email !== undefined && email !== known?.email && email !== user.primaryEmail?.toLowerCase();
    const isNewName = syncs && name !== undefined && name !== known?.name && name !== user.name;
    if (isNewEmail || isNewName)
      await users.update(tx, user.id, {
        ...(isNewEmail ? { primaryEmail: email, isEmailVerified: true } : {}),
        ...(isNewName ? { name } : {}),
      });
    return isNewEmail || isNewName;
  };

  return {
    /** Stores a person whom the directory lists. Returns what became of the account, undefined if there is none. */
    async keep(
      tx: Transaction,
      turn: Turn,
      given: { person: ListedPerson; known: store.KnownPerson | undefined; row: Connector; creates: boolean },
    ): Promise<{ outcome: Outcome; userId: string } | undefined> {
      const { person, known, row, creates } = given;
      const { connectorId } = turn;
      const answer = ldapAnswer(connectorId, person, person);
      const attributes = makeStorable({ ...person.attributes, ...groupsOf(person), dn: person.dn });
      const email = addressOf(person, row);
      const name = person.name?.slice(0, 128);
      const key = { connectorId, issuer: answer.issuer, identityId: person.id };
      const provided = await provide(tx, key, { email, name, creates });
      if (!provided) return undefined;
      const { user } = provided;
      await store.lockUser(tx, user.id);
      const isNew = await ssoIdentities.link(tx, user.id, {
        ...key,
        detail: { ...attributes, id: person.id, email, name },
      });
      if (isNew) await organizationJit.joinByConnector(tx, user.id, connectorId);
      await organizationJit.applyMappings(tx, user.id, { connectorId, mappings: row.roleMappings, attributes });
      const isRestored = await restore(users, tx, {
        ...user,
        hasSuspended: await store.hasSuspended(tx, connectorId, user.id),
      });
      const isChanged = await follow(tx, user, { known, email, name, syncs: row.syncProfile });
      await store.savePerson(tx, turn, {
        ...{ identityId: person.id, userId: user.id, digest: digestOf(person, row) },
        ...{ email: email ?? null, name: name ?? null },
      });
      if (provided.outcome !== 'unchanged') return { outcome: provided.outcome, userId: user.id };
      return { outcome: isRestored ? 'restored' : isChanged || known ? 'updated' : 'linked', userId: user.id };
    },
    /**
     * Suspends the account of a person whom the directory no longer lists, if the account is the company's: its address
     * is of the connector's domains, or it has none, and no other directory lists the user.
     */
    async leave(tx: Transaction, turn: Turn, person: store.MissingPerson, row: Connector): Promise<boolean> {
      await store.lockUser(tx, person.userId);
      const user = await users.find(tx, person.userId);
      if (!user) return false;
      const isOfCompany = user.primaryEmail === null || row.domains.includes(domainOf(user.primaryEmail));
      if (!isOfCompany || (await store.isListedElsewhere(tx, turn.connectorId, user.id))) return false;
      const suspended = await suspend(users, tx, user);
      if (suspended) await store.markSuspended(tx, turn, person);
      return suspended;
    },
  };
}

const groupsOf = ({ groups, groupDns }: LdapGroups): LdapGroups => ({ groups, groupDns });

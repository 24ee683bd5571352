import type { OrganizationEmailDomain, OrganizationRole, OrganizationSsoConnector } from '@aldaba/contract';
import type { Changes } from '../../../kernel/changes.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { normalizeDomain } from '../../../kernel/identifiers.ts';
import type { Queries, Transaction } from '../../../store/index.ts';
import { atomic } from '../../../store/transaction.ts';
import type { OrganizationRoles } from '../organization-roles/index.ts';
import { type Organizations, requireType } from '../organizations/index.ts';
import { applyMappings, type MappedAttributes } from './mappings.ts';
import * as store from './store.ts';

export interface OrganizationJitNeeds {
  organizations: Pick<
    Organizations,
    'get' | 'addMembers' | 'addRoles' | 'isMember' | 'lockMember' | 'memberRoles' | 'takeRole'
  >;
  organizationRoles: Pick<OrganizationRoles, 'find'>;
  changes: Pick<Changes<Transaction>, 'on'>;
}

export interface OrganizationJit {
  /** @throws AldabaError `entity.not_exists_with_id` if the organization does not exist */
  emailDomains: (q: Queries, organizationId: string) => Promise<OrganizationEmailDomain[]>;
  /** @throws AldabaError `entity.unique_integrity_violation`, `entity.relation_foreign_key_not_found` */
  addEmailDomain: (q: Queries, organizationId: string, domain: string) => Promise<OrganizationEmailDomain>;
  replaceEmailDomains: (q: Queries, organizationId: string, domains: readonly string[]) => Promise<void>;
  /** @throws AldabaError `entity.not_found` */
  removeEmailDomain: (q: Queries, organizationId: string, domain: string) => Promise<void>;

  roles: (q: Queries, organizationId: string) => Promise<OrganizationRole[]>;
  /**
   * @throws AldabaError `entity.relation_foreign_key_not_found`, and `entity.db_constraint_violated` for
   *   machine-to-machine roles
   */
  addRoles: (q: Queries, organizationId: string, roleIds: readonly string[]) => Promise<void>;
  replaceRoles: (q: Queries, organizationId: string, roleIds: readonly string[]) => Promise<void>;
  /** @throws AldabaError `entity.not_found` */
  removeRole: (q: Queries, organizationId: string, roleId: string) => Promise<void>;

  /** Enterprise connectors whose users join the organization. */
  connectors: (q: Queries, organizationId: string) => Promise<OrganizationSsoConnector[]>;
  /** @throws AldabaError `entity.relation_foreign_key_not_found` */
  addConnectors: (q: Queries, organizationId: string, connectorIds: readonly string[]) => Promise<void>;
  replaceConnectors: (q: Queries, organizationId: string, connectorIds: readonly string[]) => Promise<void>;
  /** @throws AldabaError `entity.not_found` */
  removeConnector: (q: Queries, organizationId: string, connectorId: string) => Promise<void>;
  /** Adds a user to the organizations of an enterprise connector, with their just-in-time roles. */
  joinByConnector: (tx: Transaction, userId: string, connectorId: string) => Promise<void>;
  /**
   * Makes a user a member of the organizations to which attributes lead, with the mapped roles. Roles that mappings of
   * the connector gave, and to which they no longer lead, are removed; membership and other roles stay.
   */
  applyMappings: (tx: Transaction, userId: string, given: MappedAttributes) => Promise<void>;

  /**
   * Adds a user to the organizations that an operator named, with their just-in-time roles. Existing members keep their
   * roles; deleted organizations are skipped.
   */
  join: (tx: Transaction, userId: string, organizationIds: readonly string[]) => Promise<void>;
}

export function createOrganizationJit({
  organizations,
  organizationRoles,
  changes,
}: OrganizationJitNeeds): OrganizationJit {
  /** An organization in the path of a request that changes data. */
  const requireOrganization = (q: Queries, id: string) =>
    organizations.get(q, id).catch((error: unknown) => {
      throw new AldabaError('entity.relation_foreign_key_not_found', { organizationId: id }, { cause: error });
    });
  const addRoles: OrganizationJit['addRoles'] = atomic(async (tx, organizationId, roleIds) => {
    await requireOrganization(tx, organizationId);
    requireType(await organizationRoles.find(tx, { ids: roleIds }), roleIds, 'User');
    await store.insertInto(tx, 'roles', organizationId, roleIds);
  });
  /** Existing members keep their roles. */
  const admit = async (tx: Transaction, userId: string, open: readonly store.OpenOrganization[]) => {
    for (const { id: organizationId, role_ids: roleIds } of open) {
      if (await organizations.isMember(tx, { kind: 'user', organizationId, id: userId })) continue;
      await organizations.addMembers(tx, 'user', organizationId, [userId]);
      if (roleIds.length > 0)
        await organizations.addRoles(tx, { kind: 'user', organizationId, ids: [userId] }, roleIds);
    }
  };
  const addConnectors: OrganizationJit['addConnectors'] = atomic(async (tx, organizationId, connectorIds) => {
    await requireOrganization(tx, organizationId);
    await store.insertInto(tx, 'connectors', organizationId, connectorIds);
  });
  // Only verified addresses: any user can type an address of another company.
  changes.on('user-email.verified', async (tx, { userId, email }) => {
    const domain = email.slice(email.lastIndexOf('@') + 1);
    await admit(tx, userId, await store.findOpenOrganizations(tx, { domain: domainOf(domain) }));
  });
  return {
    emailDomains: async (q, organizationId) => {
      await organizations.get(q, organizationId);
      return store.findEmailDomains(q, organizationId);
    },
    addEmailDomain: async (q, organizationId, typed) => {
      const emailDomain = domainOf(typed);
      await store.insertEmailDomain(q, organizationId, emailDomain);
      return { tenantId: q.tenantId, organizationId, emailDomain };
    },
    replaceEmailDomains: atomic(async (tx, organizationId, typed) => {
      const domains = [...new Set(typed.map(domainOf))];
      await requireOrganization(tx, organizationId);
      await store.insertInto(tx, 'emailDomains', organizationId, domains);
      await store.deleteFrom(tx, 'emailDomains', organizationId, { except: domains });
    }),
    removeEmailDomain: atomic(async (tx, organizationId, domain) => {
      if ((await store.deleteFrom(tx, 'emailDomains', organizationId, { only: [domainOf(domain)] })) === 0)
        throw new AldabaError('entity.not_found');
    }),
    roles: async (q, organizationId) => {
      await organizations.get(q, organizationId);
      return store.findJitRoles(q, organizationId);
    },
    addRoles,
    replaceRoles: atomic(async (tx, organizationId, roleIds) => {
      await addRoles(tx, organizationId, roleIds);
      await store.deleteFrom(tx, 'roles', organizationId, { except: roleIds });
    }),
    removeRole: atomic(async (tx, organizationId, roleId) => {
      if ((await store.deleteFrom(tx, 'roles', organizationId, { only: [roleId] })) === 0)
        throw new AldabaError('entity.not_found');
    }),
    connectors: async (q, organizationId) => {
      await organizations.get(q, organizationId);
      return store.findJitConnectors(q, organizationId);
    },
    addConnectors,
    replaceConnectors: atomic(async (tx, organizationId, connectorIds) => {
      await addConnectors(tx, organizationId, connectorIds);
      await store.deleteFrom(tx, 'connectors', organizationId, { except: connectorIds });
    }),
    removeConnector: atomic(async (tx, organizationId, connectorId) => {
      if ((await store.deleteFrom(tx, 'connectors', organizationId, { only: [connectorId] })) === 0)
        throw new AldabaError('entity.not_found');
    }),
    joinByConnector: async (tx, userId, connectorId) =>
      admit(tx, userId, await store.findOpenOrganizations(tx, { connectorId })),
    applyMappings: (tx, userId, given) => applyMappings(organizations, tx, userId, given),
    join: async (tx, userId, organizationIds) =>
      admit(tx, userId, await store.findOpenOrganizations(tx, { ids: organizationIds })),
  };
}

/** A domain, spelled as in the stored addresses of users. */
const domainOf = (typed: string): string => normalizeDomain(typed) ?? typed.toLowerCase();

import type { OrganizationEmailDomain, OrganizationRole } from '@aldaba/contract';
import { AldabaError } from '../../../kernel/errors.ts';
import { normalizeDomain } from '../../../kernel/identifiers.ts';
import type { Queries } from '../../../store/index.ts';
import type { OrganizationRoles } from '../organization-roles/index.ts';
import { type Organizations, requireType } from '../organizations/index.ts';
import * as store from './store.ts';

export interface OrganizationJitNeeds {
  organizations: Pick<Organizations, 'get' | 'addMembers' | 'addRoles' | 'isMember'>;
  organizationRoles: Pick<OrganizationRoles, 'find'>;
}

export interface OrganizationJit {
  /** @throws AldabaError `entity.not_exists_with_id` when there is no such organization */
  emailDomains(q: Queries, organizationId: string): Promise<OrganizationEmailDomain[]>;
  /** @throws AldabaError `entity.unique_integrity_violation`, `entity.relation_foreign_key_not_found` */
  addEmailDomain(tx: Queries, organizationId: string, domain: string): Promise<OrganizationEmailDomain>;
  replaceEmailDomains(tx: Queries, organizationId: string, domains: readonly string[]): Promise<void>;
  /** @throws AldabaError `entity.not_found` */
  removeEmailDomain(tx: Queries, organizationId: string, domain: string): Promise<void>;

  roles(q: Queries, organizationId: string): Promise<OrganizationRole[]>;
  /** @throws AldabaError `entity.relation_foreign_key_not_found`, and `entity.db_constraint_violated` for roles of machines */
  addRoles(tx: Queries, organizationId: string, roleIds: readonly string[]): Promise<void>;
  replaceRoles(tx: Queries, organizationId: string, roleIds: readonly string[]): Promise<void>;
  /** @throws AldabaError `entity.not_found` */
  removeRole(tx: Queries, organizationId: string, roleId: string): Promise<void>;

  /**
   * Lets a person join the organizations that are open to the domain of their e-mail address, with the roles for those who
   * join by themselves; who is a member already keeps what they have. Call it only for an address that is known to be the
   * person's own: anybody can type an address of another's company.
   */
  provision(tx: Queries, userId: string, email: string): Promise<void>;
  /** The same for organizations that an operator named; those that there are no more are left out. */
  join(tx: Queries, userId: string, organizationIds: readonly string[]): Promise<void>;
}

export function createOrganizationJit({ organizations, organizationRoles }: OrganizationJitNeeds): OrganizationJit {
  /** An organization in the path of a request that changes something. */
  const requireOrganization = (q: Queries, id: string) =>
    organizations.get(q, id).catch((error: unknown) => {
      throw new AldabaError('entity.relation_foreign_key_not_found', { organizationId: id }, { cause: error });
    });
  const addRoles: OrganizationJit['addRoles'] = async (tx, organizationId, roleIds) => {
    await requireOrganization(tx, organizationId);
    requireType(await organizationRoles.find(tx, { ids: roleIds }), roleIds, 'User');
    await store.insertJitRoles(tx, organizationId, roleIds);
  };
  /** Who is a member already keeps what they have. */
  const admit = async (tx: Queries, userId: string, open: readonly store.OpenOrganization[]) => {
    for (const { id: organizationId, role_ids: roleIds } of open) {
      if (await organizations.isMember(tx, { kind: 'user', organizationId, id: userId })) continue;
      await organizations.addMembers(tx, 'user', organizationId, [userId]);
      if (roleIds.length > 0)
        await organizations.addRoles(tx, { kind: 'user', organizationId, ids: [userId] }, roleIds);
    }
  };
  return {
    emailDomains: async (q, organizationId) => {
      await organizations.get(q, organizationId);
      return store.findEmailDomains(q, organizationId);
    },
    addEmailDomain: async (tx, organizationId, typed) => {
      const emailDomain = domainOf(typed);
      await store.insertEmailDomain(tx, organizationId, emailDomain);
      return { tenantId: tx.tenantId, organizationId, emailDomain };
    },
    replaceEmailDomains: async (tx, organizationId, typed) => {
      const domains = [...new Set(typed.map(domainOf))];
      await requireOrganization(tx, organizationId);
      await store.insertEmailDomains(tx, organizationId, domains);
      await store.deleteEmailDomains(tx, organizationId, { except: domains });
    },
    removeEmailDomain: async (tx, organizationId, domain) => {
      if ((await store.deleteEmailDomains(tx, organizationId, { only: [domainOf(domain)] })) === 0)
        throw new AldabaError('entity.not_found');
    },
    roles: async (q, organizationId) => {
      await organizations.get(q, organizationId);
      return store.findJitRoles(q, organizationId);
    },
    addRoles,
    replaceRoles: async (tx, organizationId, roleIds) => {
      await addRoles(tx, organizationId, roleIds);
      await store.deleteJitRoles(tx, organizationId, { except: roleIds });
    },
    removeRole: async (tx, organizationId, roleId) => {
      if ((await store.deleteJitRoles(tx, organizationId, { only: [roleId] })) === 0)
        throw new AldabaError('entity.not_found');
    },
    provision: async (tx, userId, email) => {
      const domain = email.slice(email.lastIndexOf('@') + 1);
      await admit(tx, userId, await store.findOpenOrganizations(tx, domainOf(domain)));
    },
    join: async (tx, userId, organizationIds) =>
      admit(tx, userId, await store.findNamedOrganizations(tx, organizationIds)),
  };
}

/** A domain as the addresses of users have it. */
const domainOf = (typed: string): string => normalizeDomain(typed) ?? typed.toLowerCase();

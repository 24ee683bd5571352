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
  /** @throws AldabaError `entity.not_exists_with_id` if the organization does not exist */
  emailDomains(q: Queries, organizationId: string): Promise<OrganizationEmailDomain[]>;
  /** @throws AldabaError `entity.unique_integrity_violation`, `entity.relation_foreign_key_not_found` */
  addEmailDomain(tx: Queries, organizationId: string, domain: string): Promise<OrganizationEmailDomain>;
  replaceEmailDomains(tx: Queries, organizationId: string, domains: readonly string[]): Promise<void>;
  /** @throws AldabaError `entity.not_found` */
  removeEmailDomain(tx: Queries, organizationId: string, domain: string): Promise<void>;

  roles(q: Queries, organizationId: string): Promise<OrganizationRole[]>;
  /**
   * @throws AldabaError `entity.relation_foreign_key_not_found`, and `entity.db_constraint_violated` for
   *   machine-to-machine roles
   */
  addRoles(tx: Queries, organizationId: string, roleIds: readonly string[]): Promise<void>;
  replaceRoles(tx: Queries, organizationId: string, roleIds: readonly string[]): Promise<void>;
  /** @throws AldabaError `entity.not_found` */
  removeRole(tx: Queries, organizationId: string, roleId: string): Promise<void>;

  /**
   * Adds a user to the organizations that accept the domain of the user's email address, with their just-in-time roles.
   * Existing members keep their roles. Call it only with a verified address: any user can type an address of another
   * company.
   */
  provision(tx: Queries, userId: string, email: string): Promise<void>;
  /** The same for organizations that an operator named; deleted ones are skipped. */
  join(tx: Queries, userId: string, organizationIds: readonly string[]): Promise<void>;
}

export function createOrganizationJit({ organizations, organizationRoles }: OrganizationJitNeeds): OrganizationJit {
  /** An organization in the path of a request that changes data. */
  const requireOrganization = (q: Queries, id: string) =>
    organizations.get(q, id).catch((error: unknown) => {
      throw new AldabaError('entity.relation_foreign_key_not_found', { organizationId: id }, { cause: error });
    });
  const addRoles: OrganizationJit['addRoles'] = async (tx, organizationId, roleIds) => {
    await requireOrganization(tx, organizationId);
    requireType(await organizationRoles.find(tx, { ids: roleIds }), roleIds, 'User');
    await store.insertJitRoles(tx, organizationId, roleIds);
  };
  /** Existing members keep their roles. */
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

/** A domain, spelled as in the stored addresses of users. */
const domainOf = (typed: string): string => normalizeDomain(typed) ?? typed.toLowerCase();

import type { Organization } from '@aldaba/contract';
import { AldabaError } from '../../../kernel/errors.ts';
import { constraintOf } from '../../../store/constraint.ts';
import type { Queries } from '../../../store/database.ts';
import { atomic } from '../../../store/transaction.ts';
import type { Organizations } from '../../organizations/organizations/index.ts';
import * as store from './store.ts';

export interface ConsentOrganizationsNeeds {
  organizations: Pick<Organizations, 'listOf'>;
}

type Place = store.Place;

export interface ConsentOrganizations {
  /** @throws AldabaError `entity.not_exists_with_id` without the application */
  list: (q: Queries, place: Place) => Promise<Organization[]>;
  /**
   * Lets the application act in more organizations; existing ones stay.
   * @throws AldabaError `entity.not_exists_with_id`, `application.third_party_application_only`,
   *   `organization.require_membership` for organizations of which the user is not a member
   */
  add: (q: Queries, place: Place, organizationIds: readonly string[]) => Promise<void>;
  /** Replaces all of them. @throws AldabaError the same as `add` */
  replace: (q: Queries, place: Place, organizationIds: readonly string[]) => Promise<void>;
  /** @throws AldabaError `entity.not_exists_with_id`, `entity.not_found` */
  remove: (q: Queries, place: Place, organizationId: string) => Promise<void>;
}

export function createConsentOrganizations({ organizations }: ConsentOrganizationsNeeds): ConsentOrganizations {
  const require = async (q: Queries, id: string) => {
    const isThirdParty = await store.findIsThirdParty(q, id);
    if (isThirdParty === undefined) throw new AldabaError('entity.not_exists_with_id', { name: 'application', id });
    return isThirdParty;
  };
  const add: ConsentOrganizations['add'] = atomic(async (tx, place, organizationIds) => {
    if (!(await require(tx, place.applicationId))) throw new AldabaError('application.third_party_application_only');
    try {
      await store.insertConsents(tx, place, organizationIds);
    } catch (error) {
      if (constraintOf(error) === 'application_consent_organizations_membership')
        throw new AldabaError('organization.require_membership', undefined, { cause: error });
      throw error;
    }
  });
  return {
    list: async (q, place) => {
      await require(q, place.applicationId);
      const chosen = new Set(await store.findConsents(q, place));
      const { items } = await organizations.listOf(q, 'user', place.userId);
      return items
        .filter(({ id }) => chosen.has(id))
        .map(({ organizationRoles: _roles, ...organization }) => organization);
    },
    add,
    replace: atomic(async (tx, place, organizationIds) => {
      await store.deleteConsents(tx, place);
      await add(tx, place, organizationIds);
    }),
    remove: atomic(async (tx, place, organizationId) => {
      await require(tx, place.applicationId);
      if (!(await store.deleteConsent(tx, place, organizationId))) throw new AldabaError('entity.not_found');
    }),
  };
}

import * as contract from '@aldaba/contract';
import type { Implement } from '../../../http/index.ts';
import type { ProfileFields } from './service.ts';

/** `/api/custom-profile-fields`. */
export function profileFieldRoutes(implement: Implement, fields: ProfileFields): void {
  implement(contract.listProfileFields, ({ tenant }) => fields.list(tenant));
  implement(contract.createProfileField, ({ tenant, body }) => fields.create(tenant.db, body));
  implement(contract.createProfileFields, ({ tenant, body }) => fields.createAll(tenant.db, body));
  implement(contract.getProfileField, ({ tenant, params }) => fields.get(tenant, params.name));
  implement(contract.updateProfileField, ({ tenant, params, body }) => fields.update(tenant.db, params.name, body));
  implement(contract.deleteProfileField, ({ tenant, params }) => fields.remove(tenant.db, params.name));
  implement(contract.orderProfileFields, ({ tenant, body }) => fields.order(tenant.db, body.order));
}

import * as contract from '@aldaba/contract';
import type { Implement } from '../../../http/index.ts';
import type { ProfileFields } from './service.ts';

/** `/api/custom-profile-fields`. */
export function profileFieldRoutes(implement: Implement, fields: ProfileFields): void {
  implement(contract.listProfileFields, ({ tenant }) => fields.list(tenant));
  implement(contract.createProfileField, ({ tenant, body }) =>
    tenant.db.transaction(async (tx) => {
      const [field] = await fields.create(tx, [body]);
      return field as contract.ProfileField;
    }),
  );
  implement(contract.createProfileFields, ({ tenant, body }) => tenant.db.transaction((tx) => fields.create(tx, body)));
  implement(contract.getProfileField, ({ tenant, params }) => fields.get(tenant, params.name));
  implement(contract.updateProfileField, ({ tenant, params, body }) =>
    tenant.db.transaction((tx) => fields.update(tx, params.name, body)),
  );
  implement(contract.deleteProfileField, ({ tenant, params }) =>
    tenant.db.transaction((tx) => fields.remove(tx, params.name)),
  );
  implement(contract.orderProfileFields, ({ tenant, body }) =>
    tenant.db.transaction((tx) => fields.order(tx, body.order)),
  );
}

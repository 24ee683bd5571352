import * as contract from '@aldaba/contract';
import type { Implement } from '../../../http/index.ts';
import type { PersonalAccessTokens } from './service.ts';

/** `/api/users/:userId/personal-access-tokens`. */
export function personalAccessTokenRoutes(implement: Implement, tokens: PersonalAccessTokens): void {
  implement(contract.listUserPersonalAccessTokens, ({ tenant, params }) => tokens.list(tenant.db, params.userId));
  implement(contract.createUserPersonalAccessToken, ({ tenant, params, body }) =>
    tokens.create(tenant.db, params.userId, body),
  );
  implement(contract.updatePersonalAccessTokenName, ({ tenant, params, body }) =>
    tokens.rename(tenant.db, { userId: params.userId, name: body.currentName }, body.name),
  );
  implement(contract.updateUserPersonalAccessToken, ({ tenant, params, body }) =>
    tokens.rename(tenant.db, params, body.name),
  );
  implement(contract.deleteUserPersonalAccessToken, ({ tenant, params }) => tokens.remove(tenant.db, params));
  implement(contract.deletePersonalAccessTokenPost, ({ tenant, params, body }) =>
    tokens.remove(tenant.db, { userId: params.userId, name: body.name }),
  );
}

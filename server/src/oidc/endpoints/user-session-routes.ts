import * as contract from '@aldaba/contract';
import type { Implement } from '../../http/index.ts';
import type { UserSessions } from '../user-sessions.ts';

/** `/api/users/:userId/sessions` and `/api/users/:userId/grants`. */
export function userSessionRoutes(implement: Implement, sessions: UserSessions): void {
  implement(contract.listUserSessions, async ({ tenant, params }) => ({
    sessions: await sessions.list(tenant, params.userId),
  }));
  implement(contract.getUserSession, ({ tenant, params }) => sessions.get(tenant, params.userId, params.sessionId));
  implement(contract.deleteUserSession, ({ tenant, params, query }) =>
    sessions.end(tenant, { userId: params.userId, uid: params.sessionId, revoke: query.revokeGrantsTarget }),
  );
  implement(contract.listUserGrants, async ({ tenant, params, query }) => ({
    grants: await sessions.listGrants(tenant, params.userId, query.appType),
  }));
  implement(contract.deleteUserGrant, ({ tenant, params }) =>
    sessions.revokeGrant(tenant, params.userId, params.grantId),
  );
}

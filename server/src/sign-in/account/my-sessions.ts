/** Where the user is signed in, what the user allowed applications, and the user's trusted browsers. */
import type { TrustedDevice, UserGrant, UserSession } from '@aldaba/contract';
import type { Listed, Slice } from '../../store/list.ts';
import type { AccountChanges, Visit } from './changes.ts';
import { type AccountContext, requireScope, requireShown } from './context.ts';

/** Sessions and grants need a proof also to be read: the list says where the user is. */
export interface MySessions {
  sessions: (visit: Visit) => Promise<(UserSession & { isCurrent: boolean })[]>;
  /** @throws AldabaError `oidc.session_not_found` */
  endSession: (visit: Visit, session: { uid: string; revoke?: 'all' | 'firstParty' | undefined }) => Promise<void>;
  /** Ends all sessions and grants but those of the sign-in that is used. */
  endOtherSessions: (visit: Visit) => Promise<void>;
  grants: (visit: Visit, appType?: 'firstParty' | 'thirdParty') => Promise<UserGrant[]>;
  /** @throws AldabaError `oidc.invalid_grant` */
  revokeGrant: (visit: Visit, grantId: string) => Promise<void>;
  trustedDevices: (visit: Visit, slice: Slice) => Promise<Listed<TrustedDevice>>;
  /** @throws AldabaError `entity.not_found` */
  removeTrustedDevice: (visit: Visit, id: string) => Promise<void>;
}

const sessionsScope = 'urn:logto:scope:sessions';
const devicesScope = 'urn:logto:scope:trusted_devices';

export function createMySessions(context: AccountContext, changes: AccountChanges): MySessions {
  const { sessions, trustedDevices } = context;
  const { securing, requireProof, endOthers } = changes;
  const reading = async (visit: Visit) => {
    requireScope(visit.owner, sessionsScope);
    requireShown(visit.center, 'session');
    await requireProof(visit);
  };
  const ending = <T>(visit: Visit, work: () => Promise<T>): Promise<T> =>
    securing(visit, 'session', async () => {
      requireScope(visit.owner, sessionsScope);
      return work();
    });
  return {
    async sessions(visit) {
      await reading(visit);
      const { tenant, owner } = visit;
      const current = await sessions.uidOf(tenant.db, owner.signIn);
      const found = await sessions.list(tenant, owner.userId);
      return found.map((session) => ({ ...session, isCurrent: session.payload.uid === current }));
    },
    endSession: (visit, { uid, revoke }) =>
      ending(visit, () => sessions.end(visit.tenant, { userId: visit.owner.userId, uid, revoke })),
    endOtherSessions: (visit) => ending(visit, () => visit.tenant.db.transaction((tx) => endOthers(tx, visit))),
    async grants(visit, appType) {
      await reading(visit);
      return sessions.listGrants(visit.tenant, visit.owner.userId, appType);
    },
    revokeGrant: (visit, grantId) =>
      ending(visit, () => sessions.revokeGrant(visit.tenant, visit.owner.userId, grantId)),
    async trustedDevices(visit, slice) {
      requireScope(visit.owner, devicesScope);
      requireShown(visit.center, 'mfa');
      return trustedDevices.list(visit.tenant.db, visit.owner.userId, slice);
    },
    removeTrustedDevice: (visit, id) =>
      securing(visit, 'mfa', async () => {
        requireScope(visit.owner, devicesScope);
        await trustedDevices.remove(visit.tenant.db, visit.owner.userId, id);
      }),
  };
}

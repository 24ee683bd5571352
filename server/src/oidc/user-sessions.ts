import type { UserAgentParsed, UserGrant, UserSession } from '@aldaba/contract';
import { createUserAgentParser } from '../features/records/logs/index.ts';
import { AldabaError } from '../kernel/errors.ts';
import type { Queries, Transaction } from '../store/index.ts';
import type { Tenant } from '../tenancy/index.ts';
import { auditGrantRevoked } from './audit.ts';
import { announceLogout } from './backchannel-logout.ts';
import type { OidcNeeds } from './needs.ts';
import { endFinishedSignIns } from './store/endings.ts';
import { deleteGrant } from './store/grants.ts';
import { deleteSession } from './store/sessions.ts';
import * as store from './store/user-sessions.ts';

/** The grant of a token, or the session of a browser. */
type SignInUsed = { grantId: string } | { sessionUid: string };

/** A user's sessions and grants, for operators and for the user. */
export interface UserSessions {
  /** @throws AldabaError `entity.not_exists_with_id` for an unknown user */
  list: (tenant: Tenant, userId: string) => Promise<UserSession[]>;
  /** @throws AldabaError `oidc.session_not_found` */
  get: (tenant: Tenant, userId: string, uid: string) => Promise<UserSession>;
  /**
   * Ends a session. `revoke` selects the applications whose tokens with `offline_access` are revoked too.
   * @throws AldabaError `oidc.session_not_found`
   */
  end: (
    tenant: Tenant,
    session: { userId: string; uid: string; revoke?: 'all' | 'firstParty' | undefined },
  ) => Promise<void>;
  /** Ends the sessions and grants of a user, except the session that is used and its grants. */
  endOthers: (tx: Transaction, kept: { userId: string; signIn: SignInUsed }) => Promise<void>;
  /** The session of a sign-in; undefined if it has ended. */
  uidOf: (q: Queries, signIn: SignInUsed) => Promise<string | undefined>;
  /** @throws AldabaError `entity.not_exists_with_id` for an unknown user */
  listGrants: (tenant: Tenant, userId: string, appType?: 'firstParty' | 'thirdParty') => Promise<UserGrant[]>;
  /** @throws AldabaError `oidc.invalid_grant` (404) */
  revokeGrant: (tenant: Tenant, userId: string, grantId: string) => Promise<void>;
}

const toSeconds = (date: Date): number => Math.floor(date.getTime() / 1000);

export function createUserSessions({
  applications,
  clock,
  jobs,
  logs,
  users,
}: Pick<OidcNeeds, 'applications' | 'clock' | 'jobs' | 'logs' | 'users'>): UserSessions {
  const now = () => new Date(clock.now());
  const requireUser = async (tenant: Tenant, id: string) => {
    if (!(await users.find(tenant.db, id))) throw new AldabaError('entity.not_exists_with_id', { name: 'user', id });
  };
  const get: UserSessions['get'] = async (tenant, userId, uid) => {
    const [session] = await store.findUserSessions(tenant.db, userId, now(), uid);
    if (!session) throw new AldabaError('oidc.session_not_found');
    return toSession(userId, session, await createUserAgentParser());
  };
  const uidOf: UserSessions['uidOf'] = async (q, signIn) =>
    'grantId' in signIn ? store.findSessionOfGrant(q, signIn.grantId, now()) : signIn.sessionUid;
  return {
    async list(tenant, userId) {
      const sessions = await store.findUserSessions(tenant.db, userId, now());
      if (sessions.length === 0) await requireUser(tenant, userId);
      const parse = await createUserAgentParser();
      return sessions.map((session) => toSession(userId, session, parse));
    },
    get,
    end: async (tenant, { userId, uid, revoke }) => {
      await get(tenant, userId, uid);
      await tenant.db.transaction(async (tx) => {
        await announceLogout(jobs, tx, { uid });
        const revoked = revoke ? await store.deleteSessionGrants(tx, uid, revoke) : [];
        tx.afterCommit(() => {
          for (const { id: grantId, application_id: applicationId } of revoked)
            auditGrantRevoked({ logs }, tenant.id, { grantId, applicationId, userId });
        });
        await deleteSession(tx, uid);
      });
    },
    endOthers: async (tx, { userId, signIn }) => {
      await endFinishedSignIns(tx, userId);
      const uid = await uidOf(tx, signIn);
      for (const other of await store.findOtherSessions(tx, userId, uid)) {
        await announceLogout(jobs, tx, { uid: other });
        await deleteSession(tx, other);
      }
      const revoked = await store.deleteOtherGrants(tx, {
        userId,
        grantId: 'grantId' in signIn ? signIn.grantId : undefined,
        uid,
      });
      tx.afterCommit(() => {
        for (const { id, application_id: applicationId } of revoked)
          auditGrantRevoked({ logs }, tx.tenantId, { grantId: id, applicationId, userId });
      });
    },
    uidOf,
    listGrants: async (tenant, userId, appType) => {
      const grants: UserGrant[] = [];
      for (const grant of await store.findUserGrants(tenant.db, userId, now())) {
        const client = await applications.findClient(tenant, grant.clientId);
        const isWanted = appType === undefined || (appType === 'thirdParty') === client?.isThirdParty;
        if (client && isWanted) grants.push(toGrant(userId, grant, client.name));
      }
      if (grants.length === 0) await requireUser(tenant, userId);
      return grants;
    },
    revokeGrant: async (tenant, userId, grantId) => {
      if (!(await deleteGrant(tenant.db, grantId, { userId }))) throw new AldabaError('oidc.invalid_grant');
      auditGrantRevoked({ logs }, tenant.id, { grantId, userId });
    },
  };
}

function toSession(
  userId: string,
  session: store.StoredUserSession,
  parse: (userAgent: string) => UserAgentParsed,
): UserSession {
  const { grants, past } = session;
  return {
    payload: {
      exp: toSeconds(session.expiresAt),
      iat: toSeconds(session.createdAt),
      // The cookie's value and its hash stay private: the public id stands for the session.
      jti: session.uid,
      uid: session.uid,
      kind: 'Session',
      loginTs: toSeconds(session.authenticatedAt),
      accountId: userId,
      authorizations: Object.fromEntries(
        // Current grants replace revoked ones.
        [...past, ...grants].map(({ id, clientId, isOffline }) => [
          clientId,
          { sid: session.uid, grantId: id, persistsLogout: isOffline },
        ]),
      ),
    },
    lastSubmission: session.lastSubmission,
    clientId: grants[0]?.clientId ?? past.at(-1)?.clientId ?? null,
    accountId: userId,
    lastActiveAt: session.lastActiveAt.getTime(),
    expiresAt: session.expiresAt.getTime(),
    ip: session.ip,
    userAgent: session.userAgent,
    ...(session.userAgent === null ? {} : { userAgentParsed: parse(session.userAgent) }),
  };
}

const toGrant = (userId: string, grant: store.StoredUserGrant, name: string): UserGrant => ({
  id: grant.id,
  payload: {
    exp: toSeconds(grant.expiresAt),
    iat: toSeconds(grant.createdAt),
    jti: grant.id,
    kind: 'Grant',
    clientId: grant.clientId,
    accountId: userId,
  },
  expiresAt: grant.expiresAt.getTime(),
  application: { id: grant.clientId, name },
});

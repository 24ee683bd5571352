import type { Caller, Http, Implement, Reply, Request } from '../http/index.ts';
import type { Sweep, Transaction } from '../store/index.ts';
import type { Tenant } from '../tenancy/index.ts';
import { verifyAccountToken } from './account-token.ts';
import { type ApplicationGrants, createApplicationGrants } from './application-grants.ts';
import { startLogoutNotices } from './backchannel-logout.ts';
import type { Core } from './core.ts';
import { createDeliveries } from './deliveries.ts';
import { startSession } from './direct-session.ts';
import { applicationGrantRoutes } from './endpoints/application-grant-routes.ts';
import { mountConsentRoutes } from './endpoints/consent-routes.ts';
import { hasuraRoutes } from './endpoints/hasura.ts';
import { keyRoutes } from './endpoints/key-routes.ts';
import { userSessionRoutes } from './endpoints/user-session-routes.ts';
import { createInteractionPort, type InteractionPort } from './interactions.ts';
import { createKeys, type Keys } from './keys.ts';
import { verifyManagementToken } from './management-token.ts';
import { verifyMeToken } from './me-token.ts';
import type { OidcNeeds } from './needs.ts';
import { createOpenSignIns } from './open-sign-ins.ts';
import { verifyOrganizationToken } from './organization-token.ts';
import { createRelay, type Relay } from './relay.ts';
import { renewCookie } from './renewed-cookie.ts';
import { mountOidc } from './routes.ts';
import { findBrowserSession, type Session } from './sessions.ts';
import { sweepExpired } from './store/sweep.ts';
import { createUserSessions, type UserSessions } from './user-sessions.ts';

type StartSession = (
  exchange: { request: Request; reply: Reply },
  login: { userId: string; amr: string[] },
) => Promise<void>;

export interface Oidc {
  /** For sign-in: the user's prompt and its result. */
  port: InteractionPort;
  keys: Pick<Keys, 'prepare' | 'ring' | 'rotate' | 'sign' | 'list' | 'drop' | 'algorithms' | 'chooseAlgorithms'>;
  sessions: UserSessions;
  grants: ApplicationGrants;
  /** For SAML applications: sign-ins through the authorization endpoint that end in a SAML response. */
  relay: Relay;
  /** Signs a user in to this browser without an application. */
  startSession: StartSession;
  /** The user who is signed in in this browser, for pages without an interaction. */
  findSignedIn: (request: Request) => Promise<Pick<Session, 'userId' | 'uid' | 'authenticatedAt'> | undefined>;
  /** Gives the session of a browser another cookie value, so that copies of the one before are of no use. */
  renewCookie: (tx: Transaction, exchange: { request: Request; reply: Reply }) => Promise<void>;
  /** Authenticates Management API calls. @throws AldabaError `auth.*` */
  verifyManagementToken: (request: Request, tenant: Tenant) => Promise<Caller>;
  /** Authenticates Account API calls. @throws AldabaError `auth.*` */
  verifyAccountToken: (request: Request, tenant: Tenant) => Promise<Caller>;
  /** Authenticates calls of `/me`. @throws AldabaError `auth.*`, `request.not_found` */
  verifyMeToken: (request: Request, tenant: Tenant) => Promise<Caller>;
  /** Authenticates calls of the delegated Management API. @throws AldabaError `auth.*` */
  verifyOrganizationToken: (request: Request, tenant: Tenant) => Promise<Caller>;
  mount: (http: Http) => void;
  /** The JSON API of the consent page. */
  mountConsent: (implement: Implement) => void;
  /** The authentication webhook of Hasura. */
  mountHasura: (implement: Implement) => void;
  /** Deletes expired sessions, grants, codes, tokens and interactions. */
  sweep: Sweep;
  /**
   * Ends background work and writes buffered records; call it after the HTTP server is closed and before the database
   * is.
   */
  close: () => Promise<void>;
}

export function createOidc(needs: OidcNeeds): Oidc {
  const keys = createKeys(needs);
  const core: Core = {
    ...needs,
    keys,
    deliveries: createDeliveries(needs),
    openSignIns: createOpenSignIns(needs.clock),
  };
  startLogoutNotices(core);
  return {
    port: createInteractionPort(needs),
    keys,
    sessions: createUserSessions(needs),
    grants: createApplicationGrants(needs),
    relay: createRelay(core),
    startSession: (exchange, login) => startSession(core, exchange, login),
    findSignedIn: (request) => findBrowserSession(request.tenant.db, request, needs.clock),
    renewCookie: (tx, exchange) => renewCookie(needs, tx, exchange),
    verifyManagementToken: (request, tenant) => verifyManagementToken(core, request, tenant),
    verifyAccountToken: (request, tenant) => verifyAccountToken(core, request, tenant),
    verifyMeToken: (request, tenant) => verifyMeToken(core, request, tenant),
    verifyOrganizationToken: (request, tenant) => verifyOrganizationToken(core, request, tenant),
    mount: (http) => mountOidc(http, core),
    mountConsent: (implement) => mountConsentRoutes(implement, core),
    mountHasura: (implement) => hasuraRoutes(implement, core),
    sweep: (now, isStopped) => sweepExpired(needs.database, now, isStopped),
    async close() {
      await Promise.all([core.deliveries.close(), keys.close()]);
    },
  };
}

/** Mounts the protocol's endpoints; see the table in `routes.ts`. */
export const oidcRoutes = (http: Http, oidc: Oidc): void => oidc.mount(http);

/** The protocol's routes below `/api`: keys, sessions of users, grants of applications, and the consent page's API. */
export function oidcApiRoutes(implement: Implement, oidc: Oidc): void {
  keyRoutes(implement, oidc.keys);
  userSessionRoutes(implement, oidc.sessions);
  applicationGrantRoutes(implement, oidc.grants);
  oidc.mountConsent(implement);
  oidc.mountHasura(implement);
}

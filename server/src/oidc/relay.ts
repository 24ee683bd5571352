/** Sign-ins that reach their application by another protocol: a code is consumed here and becomes a SAML response. */
import { extendedClaimSchema } from '@aldaba/contract';
import type { Request } from '../http/index.ts';
import type { Transaction } from '../store/index.ts';
import { userClaims } from './claims.ts';
import type { Core } from './core.ts';
import { readParameters } from './parameters.ts';
import { ProtocolError } from './protocol-error.ts';
import { endSession, findBrowserSession } from './sessions.ts';
import { findLiveSession } from './store/sessions.ts';
import { redeemWithoutTokens } from './token/relayed-code.ts';

/** The user of a sign-in, with every claim that the user has. */
interface RelayedSignIn {
  userId: string;
  sessionUid: string;
  authenticatedAt: Date;
  /** When the session ends. */
  expiresAt: Date;
  amr: readonly string[];
  claims: Readonly<Record<string, unknown>>;
}

export interface Relay {
  /** Scopes to ask for in the authorization: those of all claims. */
  readonly scopes: readonly string[];
  /**
   * Consumes a code of the application.
   * @throws ProtocolError `invalid_grant` for used, expired and foreign codes and for suspended users, `access_denied`
   *   if no rule of the application admits the user
   */
  redeem: (
    request: Request,
    code: { applicationId: string; code: string; redirectUri: string; codeVerifier: string },
  ) => Promise<RelayedSignIn>;
  /** A live session in which the user signed in to the application: that of the id, or of the browser. */
  findSession: (
    request: Request,
    applicationId: string,
    sessionUid: string | undefined,
  ) => Promise<RelayedSignIn | undefined>;
  /** Ends a session with its grants; applications with back-channel logout are notified. */
  endSession: (tx: Transaction, sessionUid: string) => Promise<void>;
}

const scopes = [
  ...['openid', 'profile', 'email', 'phone', 'address', 'custom_data', 'identities', 'roles'],
  ...['urn:logto:scope:organizations', 'urn:logto:scope:organization_roles'],
];
const extended = new Set(extendedClaimSchema.options);

export function createRelay(core: Core): Relay {
  return {
    scopes,
    async redeem(request, { applicationId, code, redirectUri, codeVerifier }) {
      const { tenant } = request;
      const client = await core.applications.findClient(tenant, applicationId);
      if (!client) throw new ProtocolError('invalid_client', 'client is not registered', { status: 400 });
      const parameters = readParameters({ code, redirect_uri: redirectUri, code_verifier: codeVerifier });
      const exchange = { core, http: request, tenant, client, parameters };
      const { subject, payload } = await redeemWithoutTokens(exchange, scopes);
      const { db } = tenant;
      const now = new Date(core.clock.now());
      const session = await findLiveSession(db, { uid: payload.sid, applicationId, now });
      if (!session) throw new ProtocolError('invalid_grant', 'the session has ended');
      core.dashboard.recordActive(tenant.id, payload.userId);
      return {
        userId: payload.userId,
        sessionUid: payload.sid,
        authenticatedAt: new Date(payload.authTime * 1000),
        expiresAt: session.expiresAt,
        amr: payload.amr ?? [],
        claims: { ...userClaims(subject, { scopes, extended, client }), sub: payload.userId },
      };
    },
    async findSession(request, applicationId, sessionUid) {
      const { db } = request.tenant;
      const uid = sessionUid ?? (await findBrowserSession(db, request, core.clock))?.uid;
      const session =
        uid === undefined
          ? undefined
          : await findLiveSession(db, { uid, applicationId, now: new Date(core.clock.now()) });
      const subject = session && (await core.users.findSubject(db, session.userId));
      if (!session || !subject) return undefined;
      const claims = userClaims(subject, { scopes, extended, client: { isThirdParty: false, custom: {} } });
      return { ...session, sessionUid: session.uid, claims: { ...claims, sub: session.userId } };
    },
    endSession: (tx, uid) => endSession(core, tx, { uid }),
  };
}

import { createHash } from 'node:crypto';
import type { Clock } from '../../../kernel/clock.ts';
import type { Vault } from '../../../kernel/crypto.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { opaqueToken, standardId } from '../../../kernel/ids.ts';
import {
  boundedRelayState,
  createFailure,
  createResponse,
  encodePost,
  type IncomingMessage,
  identityProviderMetadata,
  type PostForm,
  readAuthnRequest,
  statuses,
} from '../../../services/saml/index.ts';
import type { Queries } from '../../../store/database.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import { samlCallbackUrl } from '../../applications/applications/saml-callback.ts';
import { addressesOf } from './addresses.ts';
import { attributesOf, nameIdOf, type SignedInUser } from './response.ts';
import type { SamlSecrets } from './secrets.ts';
import { recordParticipant } from './sign-out-store.ts';
import type { SamlConfiguration } from './store.ts';

/** A sign-in on its way through the authorization endpoint, sealed in a cookie of the browser that began it. */
interface Pending {
  codeVerifier: string;
  requestId?: string | undefined;
  relayState?: string | undefined;
  /** Milliseconds since the epoch. */
  expiresAt: number;
}

/** The authorization that the browser continues with, and the cookie that it brings back. */
export interface BegunSignIn {
  state: string;
  sealed: string;
  parameters: Record<string, string>;
}

export interface SamlSignIns {
  /**
   * Checks the request of a service provider.
   * @throws SamlRefusal, and AldabaError `saml.not_set_up`
   */
  beginByRequest: (tenant: Tenant, applicationId: string, message: IncomingMessage) => Promise<BegunSignIn>;
  /** Begins without a request (IdP-initiated). */
  beginByLink: (tenant: Tenant, applicationId: string, relayState: string | undefined) => Promise<BegunSignIn>;
  /** The sign-in of a returning browser. @throws AldabaError `saml.sign_in_expired` */
  open: (tenant: Tenant, at: { applicationId: string; state: string; sealed: string | undefined }) => Pending;
  /** The response with the user, as a form for the registered address. */
  answer: (tenant: Tenant, applicationId: string, pending: Pending, user: SignedInUser) => Promise<PostForm>;
  /**
   * The response for a user who was not signed in, for `error` of the authorization.
   * @throws AldabaError `oidc.access_denied` if no request waits for an answer
   */
  refuse: (tenant: Tenant, applicationId: string, pending: Pending, error: string) => Promise<PostForm>;
  metadata: (tenant: Tenant, applicationId: string, own: SamlConfiguration) => Promise<string>;
}

interface Needs {
  clock: Clock;
  vault: Vault;
  secrets: SamlSecrets;
  configurationOf: (q: Queries, applicationId: string) => Promise<SamlConfiguration>;
}

/** Milliseconds until a sign-in has to be finished, and seconds in which a response is accepted. */
const signInLifetime = 3_600_000;
const responseLifetime = 300;

export function createSamlSignIns({ clock, vault, secrets, configurationOf }: Needs): SamlSignIns {
  const contextOf = (tenant: Tenant, applicationId: string, state: string) =>
    `${tenant.id}/saml-sign-in/${applicationId}/${state}`;
  const ready = async (tenant: Tenant, applicationId: string) => {
    const { entityId, acsUrl, ...own } = await configurationOf(tenant.db, applicationId);
    if (entityId === null || acsUrl === null) throw new AldabaError('saml.not_set_up');
    return { ...own, entityId, acsUrl: acsUrl.url };
  };
  const begin = (
    tenant: Tenant,
    applicationId: string,
    asked: { requestId?: string; relayState?: string | undefined; prompt?: 'login' | 'none' | undefined },
  ): BegunSignIn => {
    const state = standardId();
    const codeVerifier = opaqueToken();
    const { requestId, relayState, prompt } = asked;
    const pending: Pending = { codeVerifier, requestId, relayState, expiresAt: clock.now() + signInLifetime };
    return {
      state,
      sealed: vault.seal(JSON.stringify(pending), contextOf(tenant, applicationId, state)),
      parameters: {
        client_id: applicationId,
        redirect_uri: samlCallbackUrl(tenant.baseUrl, applicationId),
        response_type: 'code',
        state,
        code_challenge: createHash('sha256').update(codeVerifier).digest('base64url'),
        code_challenge_method: 'S256',
        ...(prompt ? { prompt } : {}),
      },
    };
  };
  const frameOf = async (tenant: Tenant, applicationId: string, pending: Pending) => ({
    responseId: `_${standardId()}`,
    issuedAt: new Date(clock.now()),
    inResponseTo: pending.requestId,
    issuer: addressesOf(tenant, applicationId).entityId,
    signing: await secrets.signingKey(tenant.db, applicationId),
  });
  const send = (xml: string, action: string, { relayState }: Pending) =>
    encodePost(xml, { action, parameter: 'SAMLResponse', relayState });
  const fail = async (tenant: Tenant, applicationId: string, pending: Pending, second: string) => {
    const { acsUrl } = await ready(tenant, applicationId);
    const frame = await frameOf(tenant, applicationId, pending);
    return send(createFailure({ ...frame, acsUrl }, [statuses.responder, second]), acsUrl, pending);
  };

  return {
    async beginByRequest(tenant, applicationId, message) {
      const { entityId, acsUrl, requestCertificate } = await ready(tenant, applicationId);
      const { id, forceAuthn, isPassive, relayState } = readAuthnRequest(message, {
        issuer: entityId,
        acsUrl,
        destination: addressesOf(tenant, applicationId).signInUrl,
        certificates: requestCertificate === null ? [] : [requestCertificate],
        now: new Date(clock.now()),
      });
      // Both at once cannot be met: no user authenticates again without seeing a page.
      const prompt = isPassive ? 'none' : forceAuthn ? 'login' : undefined;
      return begin(tenant, applicationId, { requestId: id, relayState, prompt });
    },
    async beginByLink(tenant, applicationId, relayState) {
      await ready(tenant, applicationId);
      return begin(tenant, applicationId, { relayState: boundedRelayState(relayState) });
    },
    open(tenant, { applicationId, state, sealed }) {
      const pending = read(() => vault.open(sealed ?? '', contextOf(tenant, applicationId, state)));
      if (!pending || pending.expiresAt <= clock.now()) throw new AldabaError('saml.sign_in_expired');
      return pending;
    },
    async answer(tenant, applicationId, pending, user) {
      const own = await ready(tenant, applicationId);
      const nameId = nameIdOf(vault, own, user);
      if (!nameId) return fail(tenant, applicationId, pending, statuses.invalidNameIdPolicy);
      const { encryption, acsUrl, attributeMapping } = own;
      const isEncrypted = encryption?.encryptAssertion === true;
      const xml = createResponse({
        ...(await frameOf(tenant, applicationId, pending)),
        assertionId: `_${standardId()}`,
        lifetime: responseLifetime,
        audience: own.entityId,
        acsUrl,
        nameId,
        session: {
          index: user.sessionUid,
          authenticatedAt: user.authenticatedAt,
          withPassword: user.amr.includes('pwd'),
        },
        attributes: attributesOf(attributeMapping, user.claims),
        encryptFor: isEncrypted ? encryption.certificate : undefined,
        signResponse: isEncrypted ? encryption.encryptThenSign : true,
      });
      const { sessionUid } = user;
      const known = { sessionUid, applicationId, nameId: nameId.value, nameIdFormat: nameId.format };
      await recordParticipant(tenant.db, known);
      return send(xml, acsUrl, pending);
    },
    async refuse(tenant, applicationId, pending, error) {
      if (pending.requestId === undefined) throw new AldabaError('oidc.access_denied');
      const passive = ['login_required', 'consent_required', 'interaction_required', 'account_selection_required'];
      const second = error === 'access_denied' ? statuses.requestDenied : statuses.authnFailed;
      return fail(tenant, applicationId, pending, passive.includes(error) ? statuses.noPassive : second);
    },
    async metadata(tenant, applicationId, own) {
      const { entityId, signInUrl, signOutUrl } = addressesOf(tenant, applicationId);
      return identityProviderMetadata({
        entityId,
        singleSignOnUrl: signInUrl,
        singleLogoutUrl: own.singleLogoutUrl ? signOutUrl : undefined,
        signingCertificates: await secrets.certificates(tenant.db, applicationId),
        nameIdFormat: own.nameIdFormat,
        wantsSignedRequests: own.requestCertificate !== null,
      });
    },
  };
}

function read(open: () => string): Pending | undefined {
  try {
    return JSON.parse(open()) as Pending;
  } catch {
    return undefined;
  }
}

import { createHash } from 'node:crypto';
import type { Clock } from '../../../kernel/clock.ts';
import type { Vault } from '../../../kernel/crypto.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { opaqueToken, standardId } from '../../../kernel/ids.ts';
import {
  answeringContext,
  boundedRelayState,
  createFailure,
  createResponse,
  encodePost,
  type IncomingMessage,
  identityProviderMetadata,
  nameIdFormats,
  needOf,
  type PostForm,
  type ReadAuthnRequest,
  type RequestedContext,
  readAuthnRequest,
  SamlRefusal,
  statuses,
} from '../../../services/saml/index.ts';
import type { Queries } from '../../../store/database.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import { samlCallbackUrl } from '../../applications/applications/saml-callback.ts';
import { addressesOf } from './addresses.ts';
import { attributesOf, nameIdOf, type SignedInUser } from './response.ts';
import type { SamlSecrets } from './secrets.ts';
import { recordParticipant, useRequest } from './sign-out-store.ts';
import type { SamlConfiguration } from './store.ts';

/** A sign-in on its way through the authorization endpoint, sealed in a cookie of the browser that began it. */
interface Pending {
  codeVerifier: string;
  /** Where the response goes. */
  acsUrl: string;
  requestId?: string | undefined;
  relayState?: string | undefined;
  context?: RequestedContext | undefined;
  /** Whether the user may be asked to sign in again for the context. */
  mayRetry?: boolean | undefined;
  /** Milliseconds since the epoch. */
  expiresAt: number;
}

/** The authorization that the browser continues with, and the cookie that it brings back. */
export interface BegunSignIn {
  state: string;
  sealed: string;
  parameters: Record<string, string>;
}

/** A response without a user. */
export interface RefusedSignIn {
  form: PostForm;
  /** The status, for the audit log. */
  refused: string;
}

export interface SamlSignIns {
  /**
   * Checks the request of a service provider. A request that can be trusted and not be met is answered with a status.
   * @throws SamlRefusal, and AldabaError `saml.not_set_up`
   */
  beginByRequest: (
    tenant: Tenant,
    applicationId: string,
    message: IncomingMessage,
  ) => Promise<BegunSignIn | RefusedSignIn>;
  /** Begins without a request (IdP-initiated). */
  beginByLink: (tenant: Tenant, applicationId: string, relayState: string | undefined) => Promise<BegunSignIn>;
  /** The sign-in of a returning browser. @throws AldabaError `saml.sign_in_expired` */
  open: (tenant: Tenant, at: { applicationId: string; state: string; sealed: string | undefined }) => Pending;
  /**
   * The response with the user, as a form for the registered address. If the sign-in does not satisfy the request, the
   * user signs in again once, and then the response has a status.
   * @throws SamlRefusal `already_answered`, and `recipient_mismatch` if the address was removed in between
   */
  answer: (
    tenant: Tenant,
    applicationId: string,
    pending: Pending,
    user: SignedInUser,
  ) => Promise<{ form: PostForm } | BegunSignIn | RefusedSignIn>;
  /**
   * The response for a user who was not signed in, for `error` of the authorization.
   * @throws AldabaError `oidc.access_denied` if no request waits for an answer
   */
  refuse: (tenant: Tenant, applicationId: string, pending: Pending, error: string) => Promise<RefusedSignIn>;
  metadata: (tenant: Tenant, applicationId: string, own: SamlConfiguration) => Promise<string>;
}

interface Needs {
  clock: Clock;
  vault: Vault;
  secrets: SamlSecrets;
  configurationOf: (q: Queries, applicationId: string) => Promise<SamlConfiguration>;
}

type Status = readonly [top: string, second: string];

/** Milliseconds until a sign-in has to be finished, and seconds in which a response is accepted. */
const signInLifetime = 3_600_000;
/** Milliseconds in which a request is accepted, with a difference of the clocks. */
const maximumRequestAge = 11 * 60_000;
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
    asked: Omit<Pending, 'codeVerifier' | 'expiresAt'>,
    extra: Record<string, string> = {},
  ): BegunSignIn => {
    const state = standardId();
    const codeVerifier = opaqueToken();
    const pending: Pending = { ...asked, codeVerifier, expiresAt: clock.now() + signInLifetime };
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
        ...extra,
      },
    };
  };
  const frameOf = async (tenant: Tenant, applicationId: string, pending: Pick<Pending, 'requestId'>) => ({
    responseId: `_${standardId()}`,
    issuedAt: new Date(clock.now()),
    inResponseTo: pending.requestId,
    issuer: addressesOf(tenant, applicationId).entityId,
    signing: await secrets.signingKey(tenant.db, applicationId),
  });
  const send = (xml: string, { acsUrl, relayState }: Pick<Pending, 'acsUrl' | 'relayState'>) =>
    encodePost(xml, { action: acsUrl, parameter: 'SAMLResponse', relayState });
  type Answered = Pick<Pending, 'acsUrl' | 'relayState' | 'requestId'>;
  const fail = async (tenant: Tenant, applicationId: string, pending: Answered, status: Status) => {
    const frame = await frameOf(tenant, applicationId, pending);
    const form = send(createFailure({ ...frame, acsUrl: pending.acsUrl }, [...status]), pending);
    return { form, refused: status[1].slice(status[1].lastIndexOf(':') + 1) };
  };

  return {
    async beginByRequest(tenant, applicationId, message) {
      const own = await ready(tenant, applicationId);
      const { entityId, requestCertificate } = own;
      const request = readAuthnRequest(message, {
        issuer: entityId,
        acsUrls: replyAddresses(own),
        destination: addressesOf(tenant, applicationId).signInUrl,
        certificates: requestCertificate === null ? [] : [requestCertificate],
        now: new Date(clock.now()),
      });
      const { id: requestId, acsUrl, relayState, context, isPassive } = request;
      const status = unmet(request);
      if (status) return fail(tenant, applicationId, { requestId, acsUrl, relayState }, status);
      const asked = { requestId, acsUrl, relayState, context, mayRetry: !isPassive && !request.forceAuthn };
      return begin(tenant, applicationId, asked, authorizationOf(request));
    },
    async beginByLink(tenant, applicationId, relayState) {
      const { acsUrl } = await ready(tenant, applicationId);
      return begin(tenant, applicationId, { acsUrl, relayState: boundedRelayState(relayState) });
    },
    open(tenant, { applicationId, state, sealed }) {
      const pending = read(() => vault.open(sealed ?? '', contextOf(tenant, applicationId, state)));
      if (!pending || pending.expiresAt <= clock.now()) throw new AldabaError('saml.sign_in_expired');
      return pending;
    },
    async answer(tenant, applicationId, pending, user) {
      const own = await ready(tenant, applicationId);
      const { acsUrl, requestId } = pending;
      if (!replyAddresses(own).some(({ url }) => url === acsUrl))
        throw new SamlRefusal('recipient_mismatch', 'the address was removed while the user signed in');
      const context = answeringContext(pending.context, user.amr);
      if (context === undefined && pending.mayRetry) {
        const { codeVerifier: _verifier, expiresAt: _end, ...asked } = pending;
        return begin(tenant, applicationId, { ...asked, mayRetry: false }, { prompt: 'login' });
      }
      if (context === undefined) return fail(tenant, applicationId, pending, noContext);
      const nameId = nameIdOf(vault, own, user);
      if (!nameId) return fail(tenant, applicationId, pending, [statuses.responder, statuses.invalidNameIdPolicy]);
      const expiresAt = new Date(clock.now() + signInLifetime + maximumRequestAge);
      if (requestId !== undefined && !(await useRequest(tenant.db, { applicationId, requestId, expiresAt })))
        throw new SamlRefusal('already_answered', 'the request was answered before');
      const { encryption, attributeMapping } = own;
      const isEncrypted = encryption?.encryptAssertion === true;
      const xml = createResponse({
        ...(await frameOf(tenant, applicationId, pending)),
        assertionId: `_${standardId()}`,
        lifetime: responseLifetime,
        audience: own.entityId,
        acsUrl,
        nameId,
        session: { index: user.sessionUid, authenticatedAt: user.authenticatedAt, endsAt: user.expiresAt, context },
        attributes: attributesOf(attributeMapping, user.claims),
        encryptFor: isEncrypted ? encryption.certificate : undefined,
        signResponse: isEncrypted ? encryption.encryptThenSign : true,
      });
      const { sessionUid } = user;
      const known = { sessionUid, applicationId, nameId: nameId.value, nameIdFormat: nameId.format };
      await recordParticipant(tenant.db, known);
      return { form: send(xml, pending) };
    },
    async refuse(tenant, applicationId, pending, error) {
      if (pending.requestId === undefined) throw new AldabaError('oidc.access_denied');
      return fail(tenant, applicationId, pending, statusOf(error));
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

/** The default address first; it has the index 0 unless another one has. */
function replyAddresses(own: { acsUrl: string; additionalAcsUrls: SamlConfiguration['additionalAcsUrls'] }) {
  const { acsUrl: url, additionalAcsUrls: others } = own;
  return [others.some(({ index }) => index === 0) ? { url } : { url, index: 0 }, ...others];
}

/** The `acr` of the authorization endpoint for two different factors. */
const twoFactors = 'urn:aldaba:acr:2fa';

const noContext: Status = [statuses.responder, statuses.noAuthnContext];

/** The status for a request that no sign-in can meet. */
function unmet(request: ReadAuthnRequest): Status | undefined {
  const { unsupportedBinding, nameIdFormat, context, forceAuthn, isPassive } = request;
  if (unsupportedBinding !== undefined) return [statuses.requester, statuses.unsupportedBinding];
  // Among the formats that exist here, the application's setting decides.
  if (nameIdFormat !== undefined && !Object.values<string>(nameIdFormats).includes(nameIdFormat))
    return [statuses.requester, statuses.invalidNameIdPolicy];
  if (needOf(context) === 'unreachable') return noContext;
  // No user authenticates again without seeing a page.
  return forceAuthn && isPassive ? [statuses.responder, statuses.noPassive] : undefined;
}

/** What the request asks of the authorization. */
function authorizationOf({ forceAuthn, isPassive, context }: ReadAuthnRequest): Record<string, string> {
  const acr = { id_token: { acr: { essential: true, values: [twoFactors] } } };
  return {
    ...(isPassive ? { prompt: 'none' } : forceAuthn ? { prompt: 'login' } : {}),
    ...(needOf(context) === 'second factor' ? { claims: JSON.stringify(acr) } : {}),
  };
}

/** The status for an error of the authorization. */
function statusOf(error: string): Status {
  const passive = ['login_required', 'consent_required', 'interaction_required', 'account_selection_required'];
  if (passive.includes(error)) return [statuses.responder, statuses.noPassive];
  if (error === 'unmet_authentication_requirements') return noContext;
  return [statuses.responder, error === 'access_denied' ? statuses.requestDenied : statuses.authnFailed];
}

function read(open: () => string): Pending | undefined {
  try {
    return JSON.parse(open()) as Pending;
  } catch {
    return undefined;
  }
}

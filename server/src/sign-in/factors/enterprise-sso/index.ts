/**
 * The enterprise factor: sends the user to the company's provider and learns from it who the user is. The provider's
 * answer counts once, and only for the sign-in, the connector and the redirect URI of the request.
 */
import type { BoundSso } from '../../../features/enterprise/sso-connectors/index.ts';
import { hashToken } from '../../../kernel/crypto.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { standardId } from '../../../kernel/ids.ts';
import type { PostForm } from '../../../services/saml/index.ts';
import type { ChallengeOf } from '../../machine/state.ts';
import type { SignInNeeds } from '../../needs.ts';
import { passwordPage } from '../directory-password/index.ts';
import { answerSession, beginSession, isDeclined, newState, type ProviderOccasion } from '../provider-visit/index.ts';
import { createSsoProofs, type SsoProof } from '../sso-person/index.ts';

export type SsoChallenge = ChallengeOf<'EnterpriseSso'>;
export type { SsoProof };

export interface SsoStart {
  connectorId: string;
  redirectUri: string;
  /** Of a page that compares it itself. Absent: the server makes one and compares it. */
  state?: string;
  /** The address that the user entered. */
  email?: string | undefined;
  agreed?: boolean;
}

interface Departure {
  pageState?: string;
  form?: PostForm;
}

export interface EnterpriseSsoFactor {
  /** @throws AldabaError `session.invalid_connector_id`, or `connector.*` when the provider does not answer */
  begin: (
    occasion: ProviderOccasion,
    request: SsoStart,
  ) => Promise<{ challenge: SsoChallenge; authorizationUri: string }>;
  /**
   * Where a custom page's browser goes on after the provider has answered the server, and the form that takes a browser
   * to a provider without an address of its own for that.
   */
  departureOf: (occasion: ProviderOccasion, challenge: SsoChallenge) => Departure;
  /** Asks the provider who came back. @throws AldabaError as `begin` */
  verify: (occasion: ProviderOccasion, challenge: SsoChallenge, data: Record<string, unknown>) => Promise<SsoProof>;
  /** What a provider said without a request of ours, kept for this browser; undefined if there is nothing. */
  takeInitiated: (
    occasion: ProviderOccasion,
    given: { connectorId: string; secret: string },
  ) => Promise<SsoProof | undefined>;
  /** The same as the answer to a custom page that asks for the provider now. */
  askInitiated: (
    occasion: ProviderOccasion,
    given: { connectorId: string; secret: string; redirectUri: string },
  ) => Promise<SsoChallenge | undefined>;
}

export function createEnterpriseSsoFactor({
  ssoConnectors,
  idpInitiated,
  tokenSets,
  clock,
  vault,
}: Pick<SignInNeeds, 'ssoConnectors' | 'idpInitiated' | 'tokenSets' | 'clock' | 'vault'>): EnterpriseSsoFactor {
  const connectionOf = async ({ tenant }: ProviderOccasion, connectorId: string): Promise<BoundSso> => {
    const connection = await ssoConnectors.connection(tenant, connectorId);
    if (!connection) throw new AldabaError('session.invalid_connector_id', { connectorId });
    return connection;
  };
  const proofOf = createSsoProofs({ tokenSets, clock });
  const factor: EnterpriseSsoFactor = {
    async begin(occasion, { connectorId, redirectUri, state: given, email: loginHint, agreed }) {
      const connection = await connectionOf(occasion, connectorId);
      const isRelayed = given !== undefined && connection.answersServer;
      if (isRelayed) requireCallback(occasion, { connectorId, redirectUri });
      const state = given === undefined || isRelayed ? newState(occasion) : given;
      const challenge: SsoChallenge = {
        id: standardId(),
        type: 'EnterpriseSso',
        createdAt: clock.now(),
        connectorId,
        redirectUri,
        ...(given === undefined ? { stateHash: hashToken(state) } : {}),
        ...(isRelayed ? { relayHash: hashToken(state) } : {}),
        ...(agreed ? { agreed } : {}),
      };
      if (connection.prove) {
        const asksPassword = loginHint === undefined ? {} : { username: loginHint };
        return { challenge: { ...challenge, asksPassword }, authorizationUri: passwordPage(occasion, connectorId) };
      }
      const session = beginSession(vault, occasion, challenge);
      const message = await connection.begin({ state, redirectUri, loginHint }, session);
      const isForm = 'form' in message;
      const departure: Departure = {
        ...(isRelayed ? { pageState: given } : {}),
        ...(isForm ? { form: message.form } : {}),
      };
      if (isRelayed || isForm)
        challenge.departureSealed = vault.seal(JSON.stringify(departure), departureContext(occasion, challenge));
      return { challenge, authorizationUri: isForm ? formAddressOf(occasion, connectorId) : message.redirectUrl };
    },
    departureOf: (occasion, challenge) =>
      challenge.departureSealed === undefined
        ? {}
        : JSON.parse(vault.open(challenge.departureSealed, departureContext(occasion, challenge))),
    async verify(occasion, challenge, data) {
      const { id, connectorId, redirectUri } = challenge;
      const { row, ...connection } = await connectionOf(occasion, connectorId);
      if (isDeclined(data)) throw new AldabaError('connector.authorization_failed');
      const session = answerSession(vault, occasion, challenge);
      const answer = await connection.finish({ ...data, redirectUri }, session);
      return proofOf(occasion, { id, row }, answer);
    },
    async takeInitiated(occasion, { connectorId, secret }) {
      const answer = await idpInitiated.take(occasion.tenant, connectorId, secret);
      if (!answer) return undefined;
      const { row } = await connectionOf(occasion, connectorId);
      return proofOf(occasion, { id: standardId(), row }, answer);
    },
    async askInitiated(occasion, { connectorId, secret, redirectUri }) {
      requireCallback(occasion, { connectorId, redirectUri });
      const proof = await factor.takeInitiated(occasion, { connectorId, secret });
      if (!proof) return undefined;
      const { id, type, createdAt } = proof;
      return { id, type, createdAt, connectorId, redirectUri, received: { proof } };
    },
  };
  return factor;
}

const departureContext = ({ tenant }: ProviderOccasion, { id }: SsoChallenge) => `${tenant.id}/sso-departures/${id}`;
/** The server itself leads the browser there. */
function requireCallback({ tenant }: ProviderOccasion, given: { connectorId: string; redirectUri: string }): void {
  if (given.redirectUri === `${tenant.baseUrl}/callback/${given.connectorId}`) return;
  const reason = 'redirectUri must be the callback of this connector at this server, /callback/<connectorId>';
  throw new AldabaError('guard.invalid_input', { reason });
}
/** The page that posts the form to the provider. */
const formAddressOf = ({ tenant, handle }: ProviderOccasion, connectorId: string) =>
  `${tenant.baseUrl}/api/authn/single-sign-on/saml/${connectorId}/request?${new URLSearchParams({ interaction: handle })}`;

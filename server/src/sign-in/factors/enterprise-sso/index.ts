/**
 * The enterprise factor: sends the user to the company's provider and learns from it who the user is. The provider's
 * answer counts once, and only for the sign-in, the connector and the redirect URI of the request.
 */
import type { BoundSso, SsoAnswer } from '../../../features/enterprise/sso-connectors/index.ts';
import { hashToken } from '../../../kernel/crypto.ts';
import { defined } from '../../../kernel/defined.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { normalizeEmail } from '../../../kernel/identifiers.ts';
import { standardId } from '../../../kernel/ids.ts';
import { makeStorable } from '../../../kernel/storable.ts';
import type { ChallengeOf, Proof } from '../../machine/state.ts';
import type { SignInNeeds, SignInSettings } from '../../needs.ts';
import { answerSession, beginSession, isDeclined, newState, type ProviderOccasion } from '../provider-visit/index.ts';
import type { SsoPerson } from './definition.ts';
import { type PasswordNeeds, passwordPage, provePassword } from './password.ts';

export type SsoChallenge = ChallengeOf<'EnterpriseSso'>;
export type SsoProof = Extract<Proof, { type: 'EnterpriseSso' }>;

export interface SsoStart {
  connectorId: string;
  redirectUri: string;
  /** Of a page that compares it itself. Absent: the server makes one and compares it. */
  state?: string;
  /** The address that the user entered. */
  email?: string | undefined;
  agreed?: boolean;
}

export interface EnterpriseSsoFactor {
  /** @throws AldabaError `session.invalid_connector_id`, or `connector.*` when the provider does not answer */
  begin: (
    occasion: ProviderOccasion,
    request: SsoStart,
  ) => Promise<{ challenge: SsoChallenge; authorizationUri: string }>;
  /**
   * Checks a password with the company's directory: for a connector that has no pages of its own.
   * @throws AldabaError `session.invalid_credentials` for unknown people and wrong passwords,
   *   `session.verification_blocked_too_many_attempts`, `connector.*` when the directory does not answer
   */
  prove: (
    occasion: ProviderOccasion & { settings: SignInSettings },
    given: { connectorId: string; username: string; password: string },
  ) => Promise<SsoProof>;
  /** Asks the provider who came back. @throws AldabaError as `begin` */
  verify: (occasion: ProviderOccasion, challenge: SsoChallenge, data: Record<string, unknown>) => Promise<SsoProof>;
  /** What a provider said without a request of ours, kept for this browser; undefined if there is nothing. */
  takeInitiated: (
    occasion: ProviderOccasion,
    given: { connectorId: string; secret: string },
  ) => Promise<SsoProof | undefined>;
}

type FactorNeeds = PasswordNeeds &
  Pick<SignInNeeds, 'ssoConnectors' | 'idpInitiated' | 'tokenSets' | 'clock' | 'vault'>;

export function createEnterpriseSsoFactor({ ssoConnectors, idpInitiated, ...needs }: FactorNeeds): EnterpriseSsoFactor {
  const { tokenSets, clock, vault } = needs;
  const connectionOf = async ({ tenant }: ProviderOccasion, connectorId: string): Promise<BoundSso> => {
    const connection = await ssoConnectors.connection(tenant, connectorId);
    if (!connection) throw new AldabaError('session.invalid_connector_id', { connectorId });
    return connection;
  };
  const proofOf = (
    { tenant }: ProviderOccasion,
    { id, row }: { id: string; row: BoundSso['row'] },
    answer: SsoAnswer,
  ): SsoProof => {
    const email = answer.email === undefined ? undefined : normalizeEmail(answer.email);
    const domain = email?.slice(email.lastIndexOf('@') + 1);
    const isVouched = domain !== undefined && answer.isEmailVerified && row.domains.includes(domain);
    const { issuer, name, avatar } = answer;
    // Role mappings read them, so they are kept whole or not at all.
    if (JSON.stringify(answer.attributes).length > maximumAttributes)
      throw new AldabaError('connector.invalid_response');
    const person = makeStorable({
      issuer,
      id: answer.id,
      ...defined({ email, name: shortened(name, 128), avatar: showable(avatar) }),
      ...(isVouched ? { isVouched } : {}),
    }) as SsoPerson;
    return {
      id,
      type: 'EnterpriseSso',
      createdAt: clock.now(),
      used: false,
      connectorId: row.id,
      person,
      attributes: makeStorable(answer.attributes),
      syncProfile: row.syncProfile,
      ...defined({ sessionId: answer.sessionId, tokensSealed: tokenSets.pack(tenant, id, answer.tokens) }),
    };
  };
  return {
    async begin(occasion, { connectorId, redirectUri, state: given, email: loginHint, agreed }) {
      const state = given ?? newState(occasion);
      const connection = await connectionOf(occasion, connectorId);
      const challenge: SsoChallenge = {
        id: standardId(),
        type: 'EnterpriseSso',
        createdAt: clock.now(),
        connectorId,
        redirectUri,
        ...(given === undefined ? { stateHash: hashToken(state) } : {}),
        ...(agreed ? { agreed } : {}),
      };
      if (connection.prove) {
        const asksPassword = loginHint === undefined ? {} : { username: loginHint };
        return { challenge: { ...challenge, asksPassword }, authorizationUri: passwordPage(occasion, connectorId) };
      }
      const session = beginSession(vault, occasion, challenge);
      const authorizationUri = await connection.begin({ state, redirectUri, loginHint }, session);
      return { challenge, authorizationUri };
    },
    async verify(occasion, challenge, data) {
      const { id, connectorId, redirectUri } = challenge;
      const { row, ...connection } = await connectionOf(occasion, connectorId);
      if (isDeclined(data)) throw new AldabaError('connector.authorization_failed');
      const session = answerSession(vault, occasion, challenge);
      const answer = await connection.finish({ ...data, redirectUri }, session);
      return proofOf(occasion, { id, row }, answer);
    },
    async prove(occasion, given) {
      const connection = await connectionOf(occasion, given.connectorId);
      const answer = await provePassword(needs, occasion, { ...given, prove: connection.prove });
      return { ...proofOf(occasion, { id: standardId(), row: connection.row }, answer), amr: 'pwd' };
    },
    async takeInitiated(occasion, { connectorId, secret }) {
      const answer = await idpInitiated.take(occasion.tenant, connectorId, secret);
      if (!answer) return undefined;
      const { row } = await connectionOf(occasion, connectorId);
      return proofOf(occasion, { id: standardId(), row }, answer);
    },
  };
}

/** Characters of what a provider told that a sign-in carries along. */
const maximumAttributes = 65_536;
const shortened = (text: string | undefined, length: number) => text?.slice(0, length) || undefined;
/** A picture is loaded by browsers of other users: only over https. */
const showable = (avatar: string | undefined) =>
  avatar !== undefined && /^https:/i.test(avatar) && avatar.length <= 2048 ? avatar : undefined;

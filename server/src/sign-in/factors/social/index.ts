/**
 * The social factor: sends the user to a provider and learns the identity from the connector. The provider's answer
 * counts once, and only for the sign-in, the connector and the redirect URI of the request.
 */
import type { BoundConnector } from '../../../features/connectors/connectors/index.ts';
import { hashToken } from '../../../kernel/crypto.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { standardId } from '../../../kernel/ids.ts';
import type { ChallengeOf, Proof } from '../../machine/state.ts';
import type { SignInNeeds } from '../../needs.ts';
import {
  answerSession,
  beginSession,
  handleOf,
  isDeclined,
  isStateOf,
  newState,
  type ProviderOccasion,
} from '../provider-visit/index.ts';

export interface SocialStart {
  connectorId: string;
  redirectUri: string;
  /** Of a page that compares it itself. Absent: the server makes one and compares it (`isStateOf`). */
  state?: string;
  userAgent?: string | undefined;
  /** Whether the user agreed to the terms before leaving for the provider. */
  agreed?: boolean;
}

export type SocialChallenge = ChallengeOf<'Social'>;

export interface SocialFactor {
  /** @throws AldabaError `session.invalid_connector_id`, or `connector.*` when the connector fails. */
  begin: (
    interaction: ProviderOccasion,
    request: SocialStart,
  ) => Promise<{ challenge: SocialChallenge; authorizationUri: string }>;
  /**
   * Asks the provider who came back. `data`: the parameters of its answer.
   * @throws AldabaError `session.invalid_connector_id`, `connector.*`.
   */
  verify: (
    interaction: ProviderOccasion,
    challenge: SocialChallenge,
    data: Record<string, unknown>,
  ) => Promise<Extract<Proof, { type: 'Social' }>>;
  /** The handle of the interaction that a state of the server's names; only a hint: the whole state is compared. */
  handleOf: (state: string) => string | undefined;
  /** Whether a provider's `state` is that of the challenge: compared whole, in constant time. */
  isStateOf: (challenge: { stateHash?: string }, state: string) => boolean;
}

export function createSocialFactor(
  needs: Pick<SignInNeeds, 'connectors' | 'tokenSets' | 'clock' | 'vault'>,
): SocialFactor {
  const { connectors, tokenSets, clock, vault } = needs;
  const instanceOf = async (interaction: ProviderOccasion, connectorId: string): Promise<BoundConnector> => {
    const { tenant } = interaction;
    const offered = (await connectors.social(tenant)).some(({ id }) => id === connectorId);
    const instance = offered ? await connectors.instance(tenant, connectorId) : undefined;
    if (!instance) throw new AldabaError('session.invalid_connector_id', { connectorId });
    return instance;
  };
  return {
    async begin(interaction, { connectorId, redirectUri, state: given, userAgent, agreed }) {
      const state = given ?? newState(interaction);
      const instance = await instanceOf(interaction, connectorId);
      const challenge: SocialChallenge = {
        id: standardId(),
        type: 'Social',
        createdAt: clock.now(),
        connectorId,
        redirectUri,
        ...(given === undefined ? { stateHash: hashToken(state) } : {}),
        ...(agreed ? { agreed } : {}),
      };
      const authorizationUri = await instance.getAuthorizationUri(
        {
          state,
          redirectUri,
          connectorId,
          jti: interaction.uidHash,
          ...(userAgent === undefined ? {} : { userAgent }),
        },
        { session: beginSession(vault, interaction, challenge) },
      );
      return { challenge, authorizationUri };
    },

    async verify(interaction, challenge, data) {
      const instance = await instanceOf(interaction, challenge.connectorId);
      if (isDeclined(data)) throw new AldabaError('connector.authorization_failed');
      const session = answerSession(vault, interaction, challenge);
      const answer = { ...data, redirectUri: challenge.redirectUri };
      const { userInfo, tokenResponse } = await instance.getTokenResponseAndUserInfo(answer, { session });
      const tokensSealed = tokenSets.pack(interaction.tenant, challenge.id, tokenResponse);
      return {
        id: challenge.id,
        type: 'Social',
        createdAt: clock.now(),
        used: false,
        connectorId: challenge.connectorId,
        target: instance.target,
        identity: userInfo,
        syncProfile: instance.syncProfile,
        emailDomains: instance.emailDomainsFor(userInfo),
        ...(tokensSealed === undefined ? {} : { tokensSealed }),
      };
    },
    handleOf,
    isStateOf,
  };
}

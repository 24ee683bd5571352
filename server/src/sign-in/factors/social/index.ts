/**
 * The social factor: sends the user to a provider and learns the identity from the connector. The provider's answer
 * counts once, and only for the sign-in, the connector and the redirect URI of the request.
 */
import type { BoundConnector, ConnectorSession } from '../../../features/connectors/connectors/index.ts';
import { equalSecrets, hashToken } from '../../../kernel/crypto.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { opaqueToken, standardId } from '../../../kernel/ids.ts';
import type { ChallengeOf, Proof } from '../../machine/state.ts';
import type { SignInNeeds } from '../../needs.ts';
import type { Interaction } from '../../port.ts';

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
    interaction: Interaction,
    request: SocialStart,
  ) => Promise<{ challenge: SocialChallenge; authorizationUri: string }>;
  /**
   * Asks the provider who came back. `data`: the parameters of its answer.
   * @throws AldabaError `session.invalid_connector_id`, `connector.*`.
   */
  verify: (
    interaction: Interaction,
    challenge: SocialChallenge,
    data: Record<string, unknown>,
  ) => Promise<Extract<Proof, { type: 'Social' }>>;
  /** The handle of the interaction that a state of the server's names; only a hint: the whole state is compared. */
  handleOf: (state: string) => string | undefined;
  /** Whether a provider's `state` is that of the challenge: compared whole, in constant time. */
  isStateOf: (challenge: SocialChallenge, state: string) => boolean;
}

/** Between the interaction's handle and the secret part of a state that the server makes. */
const stateSeparator = '.';

export function createSocialFactor(needs: Pick<SignInNeeds, 'connectors' | 'clock' | 'vault'>): SocialFactor {
  const { connectors, clock, vault } = needs;
  const instanceOf = async (interaction: Interaction, connectorId: string): Promise<BoundConnector> => {
    const { tenant } = interaction;
    const offered = (await connectors.social(tenant)).some(({ id }) => id === connectorId);
    const instance = offered ? await connectors.instance(tenant, connectorId) : undefined;
    if (!instance) throw new AldabaError('session.invalid_connector_id', { connectorId });
    return instance;
  };

  /** The connector's session holds what proves that the answer is for this sign-in, e.g. a PKCE verifier. */
  const opened = (interaction: Interaction, challenge: SocialChallenge): Record<string, unknown> | undefined =>
    challenge.sessionSealed === undefined
      ? undefined
      : JSON.parse(vault.open(challenge.sessionSealed, contextOf(interaction, challenge)));

  return {
    async begin(interaction, { connectorId, redirectUri, state: given, userAgent, agreed }) {
      // The handle leads the way back to this interaction when the browser has several.
      const state = given ?? `${interaction.handle}${stateSeparator}${opaqueToken()}`;
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
      const session: ConnectorSession = {
        get: async () => opened(interaction, challenge) ?? noSession(),
        set: async (data) => {
          challenge.sessionSealed = vault.seal(JSON.stringify(data), contextOf(interaction, challenge));
        },
      };
      const authorizationUri = await instance.getAuthorizationUri(
        {
          state,
          redirectUri,
          connectorId,
          jti: interaction.uidHash,
          ...(userAgent === undefined ? {} : { userAgent }),
        },
        { session },
      );
      return { challenge, authorizationUri };
    },

    async verify(interaction, challenge, data) {
      const instance = await instanceOf(interaction, challenge.connectorId);
      if (isDeclined(data)) throw new AldabaError('connector.authorization_failed');
      let kept = opened(interaction, challenge);
      const session: ConnectorSession = {
        // Read once: a nonce must not serve two answers.
        get: async () => {
          const found = kept ?? noSession();
          kept = undefined;
          return found;
        },
        set: async (next) => {
          kept = { ...next };
        },
      };
      return {
        id: challenge.id,
        type: 'Social',
        createdAt: clock.now(),
        used: false,
        connectorId: challenge.connectorId,
        target: instance.target,
        identity: await instance.getUserInfo({ ...data, redirectUri: challenge.redirectUri }, { session }),
        syncProfile: instance.syncProfile,
      };
    },

    handleOf(state) {
      const at = state.lastIndexOf(stateSeparator);
      return at > 0 ? state.slice(0, at) : undefined;
    },
    isStateOf: ({ stateHash }, state) => stateHash !== undefined && equalSecrets(stateHash, hashToken(state)),
  };
}

/** Whether the user declined at the provider: `access_denied` (RFC 6749 section 4.1.2.1) and its variants. */
const isDeclined = ({ error }: Record<string, unknown>): boolean => typeof error === 'string' && declined.has(error);
const declined: ReadonlySet<string> = new Set([
  'access_denied',
  'user_denied',
  'user_cancelled_login',
  'user_cancelled_authorize',
  'consent_required',
]);

const contextOf = ({ tenant }: Interaction, { id }: SocialChallenge) => `${tenant.id}/connector-sessions/${id}`;

function noSession(): never {
  throw new AldabaError('session.connector_validation_session_not_found');
}

/**
 * One Tap: the provider's script on the sign-in page brings an ID token. It counts only for the sign-in whose page has
 * asked for it (`nonce`), or, on a custom page, with the script's own token in a cookie of this host.
 */
import type { BoundConnector } from '../../../features/connectors/connectors/index.ts';
import { equalSecrets } from '../../../kernel/crypto.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { standardId } from '../../../kernel/ids.ts';
import type { Proof } from '../../machine/state.ts';
import type { SignInNeeds } from '../../needs.ts';
import type { Interaction } from '../../port.ts';

type Occasion = Pick<Interaction, 'tenant' | 'handle' | 'uidHash'>;

export interface OneTapFactor {
  /** The nonce of a page; it starts with the handle of the interaction. */
  nonceFor: (interaction: Occasion, connectorId: string) => string;
  /** The handle in the nonce of an ID token; only a hint: the token is checked later. */
  handleOf: (idToken: string) => string | undefined;
  /**
   * @param given `nonce`: whether the page of the interaction asked for the token
   * @throws AldabaError `session.invalid_connector_id`, `session.google_one_tap.invalid_id_token`,
   *   `session.google_one_tap.unverified_email`, `connector.*`
   */
  verify: (
    interaction: Occasion,
    given: { connectorId: string; idToken: string; hasNonce: boolean },
  ) => Promise<Extract<Proof, { type: 'Social' }>>;
}

/** The script sets a cookie and sends the same value: another site can do neither for this host. */
export function assertSameToken(cookie: string | undefined, sent: unknown): void {
  if (cookie === undefined || cookie === '' || typeof sent !== 'string' || !equalSecrets(cookie, sent))
    throw new AldabaError('session.csrf_token_mismatch');
}

export function createOneTapFactor({
  connectors,
  clock,
  vault,
}: Pick<SignInNeeds, 'connectors' | 'clock' | 'vault'>): OneTapFactor {
  const nonceFor: OneTapFactor['nonceFor'] = ({ tenant, handle, uidHash }, connectorId) =>
    `${handle}.${vault.sign(JSON.stringify([tenant.id, uidHash, connectorId]), 'one-tap')}`;
  const instanceOf = async ({ tenant }: Occasion, connectorId: string): Promise<BoundConnector> => {
    const isShown = (await connectors.oneTap(tenant))?.connectorId === connectorId;
    const instance = isShown ? await connectors.instance(tenant, connectorId) : undefined;
    if (!instance) throw new AldabaError('session.invalid_connector_id', { connectorId });
    return instance;
  };
  return {
    nonceFor,
    handleOf(idToken) {
      const { nonce } = peek(idToken);
      return typeof nonce === 'string' && nonce.includes('.') ? nonce.slice(0, nonce.lastIndexOf('.')) : undefined;
    },
    async verify(interaction, { connectorId, idToken, hasNonce }) {
      const instance = await instanceOf(interaction, connectorId);
      const nonce = hasNonce ? nonceFor(interaction, connectorId) : undefined;
      const identity = await instance.getUserInfoByIdToken({ idToken, nonce }, {}).catch((error: unknown) => {
        const isInvalid = error instanceof AldabaError && error.code === 'connector.social_invalid_id_token';
        throw isInvalid
          ? new AldabaError('session.google_one_tap.invalid_id_token', undefined, { cause: error })
          : error;
      });
      if (identity.email === undefined) throw new AldabaError('session.google_one_tap.unverified_email');
      return {
        id: standardId(),
        type: 'Social',
        createdAt: clock.now(),
        used: false,
        connectorId,
        target: instance.target,
        identity,
        syncProfile: instance.syncProfile,
        emailDomains: instance.emailDomainsFor(identity),
      };
    },
  };
}

/** The payload before anything is checked. */
function peek(token: string): Record<string, unknown> {
  try {
    const payload: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return typeof payload === 'object' && payload !== null ? { ...payload } : {};
  } catch {
    return {};
  }
}

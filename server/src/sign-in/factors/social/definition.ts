import { defineFactor } from '../../machine/factor.ts';

/** Who a social provider says the user is (see the connector kit's SocialUserInfo). */
export interface SocialIdentity {
  id: string;
  name?: string;
  avatar?: string;
  email?: string;
  phone?: string;
  rawData?: unknown;
}

interface SocialRecords {
  proofs: { Social: { connectorId: string; target: string; identity: SocialIdentity; syncProfile: boolean } };
  challenges: {
    Social: {
      connectorId: string;
      redirectUri: string;
      /** Hash of the `state` that the provider has to send back; absent where a custom page keeps it. */
      stateHash?: string;
      /** What the connector stored for its answer, e.g. a nonce. */
      session?: Record<string, unknown>;
      /** Whether the user agreed to the terms before leaving for the provider. */
      agreed?: boolean;
    };
  };
}

export const social = defineFactor<SocialRecords>()({
  proofs: { Social: { role: 'first', amr: 'social', logName: 'Social' } },
});

import type { SocialUserInfo } from '../../../features/connectors/connectors/index.ts';
import { defineFactor } from '../../machine/factor.ts';

interface SocialRecords {
  proofs: {
    Social: {
      connectorId: string;
      target: string;
      identity: SocialUserInfo;
      syncProfile: boolean;
      emailDomains?: readonly string[];
      /** The provider's tokens, where the connector stores them. */
      tokensSealed?: string;
    };
  };
  challenges: {
    Social: {
      connectorId: string;
      redirectUri: string;
      /** Hash of the `state` that the provider has to send back; absent where a custom page keeps it. */
      stateHash?: string;
      /** What the connector stored for its answer, e.g. a nonce or a PKCE verifier. */
      sessionSealed?: string;
      /** Whether the user agreed to the terms before leaving for the provider. */
      agreed?: boolean;
    };
  };
}

export const social = defineFactor<SocialRecords>()({
  proofs: { Social: { role: 'first', amr: 'social', logName: 'Social' } },
});

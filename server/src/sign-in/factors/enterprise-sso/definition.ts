import { defineFactor } from '../../machine/factor.ts';

/** A person whom an enterprise provider signed in. */
export interface SsoPerson {
  issuer: string;
  /** The person's id at the provider. */
  id: string;
  /** Normalized. */
  email?: string;
  /**
   * The provider stands for the address: it says that it is verified, and the operator made the connector responsible
   * for its domain.
   */
  isVouched?: true;
  name?: string;
  avatar?: string;
}

interface EnterpriseSsoRecords {
  proofs: {
    EnterpriseSso: {
      connectorId: string;
      person: SsoPerson;
      /** What the provider told, for the account and the role mappings. */
      attributes: Record<string, unknown>;
      /** The provider's own session. */
      sessionId?: string;
      syncProfile: boolean;
      /** The server checked the password with the company's directory. */
      amr?: 'pwd';
      /** The provider's tokens, where the connector stores them. */
      tokensSealed?: string;
    };
  };
  challenges: {
    EnterpriseSso: {
      connectorId: string;
      redirectUri: string;
      /** Hash of the `state` that the provider has to send back; absent where a custom page keeps it. */
      stateHash?: string;
      /** What the protocol keeps for the answer: state, nonce and PKCE verifier. */
      sessionSealed?: string;
      agreed?: boolean;
      /** The server asks for the password, on a page that shows what the user entered. */
      asksPassword?: { username?: string };
    };
  };
}

export const enterpriseSso = defineFactor<EnterpriseSsoRecords>()({
  proofs: { EnterpriseSso: { role: 'first', amr: 'sso', logName: 'EnterpriseSso' } },
});

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

interface SsoPersonProof {
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
}

type ReceivedProof = { id: string; type: 'EnterpriseSso'; createdAt: number; used: boolean } & SsoPersonProof;

interface EnterpriseSsoRecords {
  proofs: { EnterpriseSso: SsoPersonProof };
  challenges: {
    EnterpriseSso: {
      connectorId: string;
      redirectUri: string;
      /** Hash of the `state` that the provider has to send back; absent where a custom page keeps it. */
      stateHash?: string;
      /** Of a custom page whose provider answers the server: hash of the server's own `state`. */
      relayHash?: string;
      /** The page's `state` in that case, and the form that takes the browser to the provider. */
      departureSealed?: string;
      /** What the provider answered, until the custom page asks for it. */
      received?: { proof: ReceivedProof } | { refused: { code: string; data?: unknown } };
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

/**
 * Passkeys by the rules of Web Authentication (https://www.w3.org/TR/webauthn-3/): what a browser is asked, and the forms of what
 * it answers. Whether an answer holds is for `passkey-checks.ts`, which is loaded with the first one.
 */
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import { opaqueToken } from '../../../kernel/ids.ts';

/** How long a browser waits for the person, in milliseconds. */
const timeout = 60_000;
/** ES256, EdDSA and RS256 (IANA COSE Algorithms): every authenticator knows one of them. */
export const algorithms: number[] = [-7, -8, -257];

/** A passkey that was registered and that nobody has yet; JSON, and nothing of it is secret. */
export interface NewPasskey {
  rpId: string;
  /** base64url. */
  credentialId: string;
  /** COSE_Key, base64url. */
  publicKey: string;
  /** How often it signed; 0 for those that do not count. */
  counter: number;
  transports: string[];
  /** The browser that it was made with, as that calls itself. */
  agent?: string;
}

/** What names a passkey to a browser. */
export interface PasskeyName {
  credentialId: string;
  transports: readonly string[];
}

/** What `navigator.credentials.create` gave, as JSON. */
export interface RegistrationPayload {
  id: string;
  rawId: string;
  type: string;
  response: { clientDataJSON: string; attestationObject: string; transports?: readonly string[] | undefined };
}

/** What `navigator.credentials.get` gave, as JSON. */
export interface AuthenticationPayload {
  id: string;
  rawId: string;
  type: string;
  response: {
    clientDataJSON: string;
    authenticatorData: string;
    signature: string;
    userHandle?: string | null | undefined;
  };
}

/** What an answer has to be made for. */
export interface Expected {
  /** As the options had it. Who expects it has to forget it, whatever comes of the check. */
  challenge: string;
  /** The host that the options named. */
  rpId: string;
  /** Scheme, host and port of the page. */
  origin: string;
}

export type RegistrationOptions = PublicKeyCredentialCreationOptionsJSON;
export type AuthenticationOptions = PublicKeyCredentialRequestOptionsJSON;

const descriptorOf = ({ credentialId, transports }: PasskeyName) => ({
  id: credentialId,
  type: 'public-key' as const,
  transports: [...transports],
});

/** What a browser is asked for a new passkey of a person, who may know already `existing` ones. */
export function optionsToRegister(
  user: { id: string; name: string; displayName: string },
  given: { rpId: string; residentKey: 'preferred' | 'required'; existing: readonly PasskeyName[] },
): { options: RegistrationOptions; challenge: string } {
  const challenge = opaqueToken();
  const { rpId, residentKey, existing } = given;
  const options: RegistrationOptions = {
    rp: { id: rpId, name: rpId },
    user: { ...user, id: Buffer.from(user.id).toString('base64url') },
    challenge,
    pubKeyCredParams: algorithms.map((alg) => ({ alg, type: 'public-key' })),
    timeout,
    attestation: 'none',
    excludeCredentials: existing.map(descriptorOf),
    authenticatorSelection: {
      residentKey,
      requireResidentKey: residentKey === 'required',
      userVerification: 'required',
    },
    // Tells the page whether the passkey can be used without a name.
    extensions: { credProps: true },
  };
  return { options, challenge };
}

/** What a browser is asked for a proof: with one of `allowed`, or, without them, with any passkey that it has for this host. */
export function optionsToAuthenticate(
  rpId: string,
  allowed?: readonly PasskeyName[],
): { options: AuthenticationOptions; challenge: string } {
  const challenge = opaqueToken();
  const allowCredentials = allowed && { allowCredentials: allowed.map(descriptorOf) };
  return { options: { rpId, challenge, timeout, userVerification: 'required', ...allowCredentials }, challenge };
}

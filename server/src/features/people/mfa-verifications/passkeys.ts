/**
 * Passkeys (https://www.w3.org/TR/webauthn-3/): options for the browser and the format of its responses.
 * `passkey-checks.ts` verifies the responses; it is loaded on first use.
 */
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import { opaqueToken } from '../../../kernel/ids.ts';

/** How long a browser waits for the user, in milliseconds. */
const timeout = 60_000;
/** ES256, EdDSA and RS256 (IANA COSE Algorithms): every authenticator supports at least one of them. */
export const algorithms: number[] = [-7, -8, -257];

/** A registered passkey that is not yet bound to a user. JSON without secrets. */
export interface NewPasskey {
  rpId: string;
  /** base64url. */
  credentialId: string;
  /** COSE_Key, base64url. */
  publicKey: string;
  /** Signature counter; 0 for authenticators without one. */
  counter: number;
  transports: string[];
  /** User agent of the browser that created it. */
  agent?: string;
}

/** Describes a passkey to a browser. */
export interface PasskeyName {
  credentialId: string;
  transports: readonly string[];
}

/** Result of `navigator.credentials.create`, as JSON. */
export interface RegistrationPayload {
  id: string;
  rawId: string;
  type: string;
  response: { clientDataJSON: string; attestationObject: string; transports?: readonly string[] | undefined };
}

/** Result of `navigator.credentials.get`, as JSON. */
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

/** The values a response must match. */
export interface Expected {
  /** As sent in the options. The caller must discard it after the check, whatever the result. */
  challenge: string;
  /** The host in the options. */
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

/** Options for creating a passkey for a user; `existing` ones are excluded. */
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
    // Makes the browser report whether the passkey is discoverable.
    extensions: { credProps: true },
  };
  return { options, challenge };
}

/** Options for an assertion: with one of `allowed`, or, if omitted, with any passkey for this host. */
export function optionsToAuthenticate(
  rpId: string,
  allowed?: readonly PasskeyName[],
): { options: AuthenticationOptions; challenge: string } {
  const challenge = opaqueToken();
  const allowCredentials = allowed && { allowCredentials: allowed.map(descriptorOf) };
  return { options: { rpId, challenge, timeout, userVerification: 'required', ...allowCredentials }, challenge };
}

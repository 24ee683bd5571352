/**
 * Passkeys (https://www.w3.org/TR/webauthn-3/): options for the browser, and the verification of its responses. The
 * library that verifies takes 16 MB of memory, so it is loaded on first use: most sign-ins have no passkey.
 */
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import { opaqueToken } from '../../../kernel/ids.ts';

/** How long a browser waits for the user, in milliseconds. */
const timeout = 60_000;
/** ES256, EdDSA and RS256 (IANA COSE Algorithms): every authenticator supports at least one of them. */
const algorithms: number[] = [-7, -8, -257];

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
  /** Scheme, host and port of the page: one of these. */
  origin: string | readonly string[];
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

type Helpers = typeof import('@simplewebauthn/server/helpers');
const loadLibrary = async () => ({
  library: await import('@simplewebauthn/server'),
  helpers: await import('@simplewebauthn/server/helpers'),
});

const knownTransports = new Set(['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb']);
/** Bytes, Web Authentication section 4 (Credential ID). */
const longestCredentialId = 1023;

/**
 * Verifies that a response created a passkey for this server, with user verification (PIN, fingerprint or face).
 * Undefined if it does not.
 */
export async function checkRegistration(
  { id, rawId, type, response }: RegistrationPayload,
  expected: Expected & { agent?: string | undefined },
): Promise<NewPasskey | undefined> {
  const { library, helpers } = await loadLibrary();
  const credential = await judge(async () => {
    const { clientDataJSON } = response;
    if (isFramed(helpers, clientDataJSON)) return undefined;
    const attestationObject = withoutAttestation(helpers, response.attestationObject);
    const { registrationInfo } = await library.verifyRegistrationResponse({
      response: {
        id,
        rawId,
        type: type as 'public-key',
        response: { clientDataJSON, attestationObject },
        clientExtensionResults: {},
      },
      ...termsOf(expected),
      supportedAlgorithmIDs: algorithms,
    });
    return registrationInfo?.credential;
  });
  if (!credential) return undefined;
  if (Buffer.from(credential.id, 'base64url').length > longestCredentialId) return undefined;
  return {
    rpId: expected.rpId,
    credentialId: credential.id,
    publicKey: Buffer.from(credential.publicKey).toString('base64url'),
    counter: credential.counter,
    transports: [...new Set(response.transports)].filter((transport) => knownTransports.has(transport)),
    ...(expected.agent === undefined ? {} : { agent: expected.agent }),
  };
}

/**
 * Verifies that a response was signed by a passkey with user verification (PIN, fingerprint or face). Returns its
 * signature counter, which increases unless the authenticator always sends 0; undefined if verification fails.
 */
export async function checkAuthentication(
  { id, rawId, type, response }: AuthenticationPayload,
  passkey: { publicKey: string; counter: number },
  expected: Expected,
): Promise<number | undefined> {
  const { clientDataJSON, authenticatorData, signature } = response;
  const { library, helpers } = await loadLibrary();
  return judge(async () => {
    if (isFramed(helpers, clientDataJSON)) return undefined;
    const { verified, authenticationInfo } = await library.verifyAuthenticationResponse({
      response: {
        id,
        rawId,
        type: type as 'public-key',
        response: { clientDataJSON, authenticatorData, signature },
        clientExtensionResults: {},
      },
      credential: { id, publicKey: Buffer.from(passkey.publicKey, 'base64url'), counter: passkey.counter },
      ...termsOf(expected),
    });
    return verified ? authenticationInfo.newCounter : undefined;
  });
}

const termsOf = ({ challenge, rpId, origin }: Expected) => ({
  expectedChallenge: challenge,
  expectedRPID: rpId,
  expectedOrigin: [origin].flat(),
  requireUserVerification: true,
});

/** The library throws when verification fails. The message may quote the input, so it is dropped. */
async function judge<T>(check: () => Promise<T>): Promise<T | undefined> {
  try {
    return await check();
  } catch {
    return undefined;
  }
}

/** Whether the page was embedded in another site, where the user cannot see which site asks (section 13.4.2). */
const isFramed = ({ decodeClientDataJSON }: Helpers, clientDataJSON: string): boolean =>
  decodeClientDataJSON(clientDataJSON).crossOrigin === true;

/**
 * The server requests no attestation and ignores any that browsers send: certificates contain URLs that the library
 * would fetch, bypassing our client for outgoing requests.
 */
function withoutAttestation(
  { decodeAttestationObject, isoBase64URL, isoCBOR }: Helpers,
  attestationObject: string,
): string {
  const authData = decodeAttestationObject(isoBase64URL.toBuffer(attestationObject)).get('authData');
  const plain = new Map<string, Parameters<typeof isoCBOR.encode>[0]>([
    ['fmt', 'none'],
    ['attStmt', new Map()],
    ['authData', authData],
  ]);
  return isoBase64URL.fromBuffer(isoCBOR.encode(plain));
}

/**
 * Passkeys by the rules of Web Authentication (https://www.w3.org/TR/webauthn-3/): what a browser is asked, and whether what it
 * answers holds. Knows no database.
 */
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import { opaqueToken } from '../../kernel/ids.ts';

/** How long a browser waits for the person, in milliseconds. */
const timeout = 60_000;
/** ES256, EdDSA and RS256 (IANA COSE Algorithms): every authenticator knows one of them. */
const algorithms = [-7, -8, -257];
const knownTransports = new Set(['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb']);
/** Bytes, Web Authentication section 4 (Credential ID). */
const longestCredentialId = 1023;

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

/** Whether an answer proves that a passkey was made for us with the person's PIN, finger or face. Undefined if it does not. */
export async function checkRegistration(
  { id, rawId, type, response }: RegistrationPayload,
  expected: Expected & { agent?: string | undefined },
): Promise<NewPasskey | undefined> {
  const { verifyRegistrationResponse, isFramed, withoutAttestation } = await load();
  const credential = await judge(async () => {
    const { clientDataJSON } = response;
    if (isFramed(clientDataJSON)) return undefined;
    const attestationObject = withoutAttestation(response.attestationObject);
    const { registrationInfo } = await verifyRegistrationResponse({
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
 * Whether an answer proves that the holder of a passkey was there, with PIN, finger or face. Returns how often it signed by now,
 * which is more than before unless it never counts; undefined if the answer proves nothing.
 */
export async function checkAuthentication(
  { id, rawId, type, response }: AuthenticationPayload,
  passkey: { publicKey: string; counter: number },
  expected: Expected,
): Promise<number | undefined> {
  const { verifyAuthenticationResponse, isFramed } = await load();
  const { clientDataJSON, authenticatorData, signature } = response;
  return judge(async () => {
    if (isFramed(clientDataJSON)) return undefined;
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
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
  expectedOrigin: origin,
  requireUserVerification: true,
});

/** The library throws for whatever does not hold. That is all that has to be known: its words may quote what was sent. */
async function judge<T>(check: () => Promise<T>): Promise<T | undefined> {
  try {
    return await check();
  } catch {
    return undefined;
  }
}

/** Loaded with the first answer that is checked: most sign-ins need none, and it takes 16 MB. */
async function load() {
  const [{ verifyAuthenticationResponse, verifyRegistrationResponse }, helpers] = await Promise.all([
    import('@simplewebauthn/server'),
    import('@simplewebauthn/server/helpers'),
  ]);
  const { decodeAttestationObject, decodeClientDataJSON, isoBase64URL, isoCBOR } = helpers;
  return {
    verifyAuthenticationResponse,
    verifyRegistrationResponse,
    /** Whether the page was inside of another site's, where people do not see whom they answer (section 13.4.2). */
    isFramed: (clientDataJSON: string) => decodeClientDataJSON(clientDataJSON).crossOrigin === true,
    /**
     * None is asked for, so none is looked at, whatever browsers send along: certificates name addresses, and the library would
     * ask them, past our client for outgoing requests.
     */
    withoutAttestation(attestationObject: string): string {
      const authData = decodeAttestationObject(isoBase64URL.toBuffer(attestationObject)).get('authData');
      const plain = new Map<string, Parameters<typeof isoCBOR.encode>[0]>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', authData],
      ]);
      return isoBase64URL.fromBuffer(isoCBOR.encode(plain));
    },
  };
}

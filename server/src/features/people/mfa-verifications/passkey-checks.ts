/**
 * Verifies browser responses by the rules of Web Authentication. Import it dynamically when a response arrives: most
 * sign-ins have none, and its library takes 16 MB of memory.
 */
import { verifyAuthenticationResponse, verifyRegistrationResponse } from '@simplewebauthn/server';
import { decodeAttestationObject, decodeClientDataJSON, isoBase64URL, isoCBOR } from '@simplewebauthn/server/helpers';
import {
  type AuthenticationPayload,
  algorithms,
  type Expected,
  type NewPasskey,
  type RegistrationPayload,
} from './passkeys.ts';

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
 * Verifies that a response was signed by a passkey with user verification (PIN, fingerprint or face). Returns its
 * signature counter, which increases unless the authenticator always sends 0; undefined if verification fails.
 */
export async function checkAuthentication(
  { id, rawId, type, response }: AuthenticationPayload,
  passkey: { publicKey: string; counter: number },
  expected: Expected,
): Promise<number | undefined> {
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

/** The library throws when verification fails. The message may quote the input, so it is dropped. */
async function judge<T>(check: () => Promise<T>): Promise<T | undefined> {
  try {
    return await check();
  } catch {
    return undefined;
  }
}

/** Whether the page was embedded in another site, where the user cannot see which site asks (section 13.4.2). */
const isFramed = (clientDataJSON: string): boolean => decodeClientDataJSON(clientDataJSON).crossOrigin === true;

/**
 * The server requests no attestation and ignores any that browsers send: certificates contain URLs that the library
 * would fetch, bypassing our client for outgoing requests.
 */
function withoutAttestation(attestationObject: string): string {
  const authData = decodeAttestationObject(isoBase64URL.toBuffer(attestationObject)).get('authData');
  const plain = new Map<string, Parameters<typeof isoCBOR.encode>[0]>([
    ['fmt', 'none'],
    ['attStmt', new Map()],
    ['authData', authData],
  ]);
  return isoBase64URL.fromBuffer(isoCBOR.encode(plain));
}

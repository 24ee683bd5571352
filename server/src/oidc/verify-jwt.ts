import { compactVerify, decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose';
import type { KeyRing, VerificationKey } from './key-rings.ts';

export interface Expected {
  issuer: string;
  type?: string;
  audience?: string;
  /** The token is a hint about the past; unpublished keys are accepted. */
  allowExpired?: boolean;
  /** Milliseconds since the epoch. */
  now: number;
}

/** See `Keys.verify`. */
export async function verifyJwt(ring: KeyRing, token: string, expected: Expected): Promise<JWTPayload | undefined> {
  try {
    const key = ring.byId.get(decodeProtectedHeader(token).kid ?? '');
    if (!key) return undefined;
    if (expected.allowExpired) return await verifyIgnoringTime(token, key, expected.issuer);
    if (key.publishedUntil <= expected.now) return undefined;
    const { payload } = await jwtVerify(token, key.publicKey, {
      algorithms: [key.algorithm],
      issuer: expected.issuer,
      requiredClaims: ['exp', 'iat', 'sub'],
      currentDate: new Date(expected.now),
      ...(expected.type ? { typ: expected.type } : {}),
      ...(expected.audience ? { audience: expected.audience } : {}),
    });
    return payload;
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError || error instanceof SyntaxError)
      return undefined;
    throw error;
  }
}

/**
 * An ID token as a hint about the past: its expiry does not matter (OpenID Connect RP-Initiated Logout 1.0 section 2).
 */
async function verifyIgnoringTime(
  token: string,
  key: VerificationKey,
  issuer: string,
): Promise<JWTPayload | undefined> {
  const { payload, protectedHeader } = await compactVerify(token, key.publicKey, { algorithms: [key.algorithm] });
  // An access token is never accepted as an ID token.
  if (protectedHeader.typ !== undefined && protectedHeader.typ.toLowerCase() !== 'jwt') return undefined;
  const claims: unknown = JSON.parse(new TextDecoder().decode(payload));
  if (typeof claims !== 'object' || claims === null) return undefined;
  return (claims as JWTPayload).iss === issuer ? (claims as JWTPayload) : undefined;
}

import type { Submission, VerificationRecord } from '@aldaba/contract';
import { mask } from '../../kernel/masking.ts';
import type { Place } from '../../kernel/origin.ts';
import type { Proof, SignInState } from '../machine/state.ts';

/**
 * What is kept of a sign-in when it is complete. `place` is where the request came from, if a trusted proxy tells it.
 */
export const describeSubmission = (
  userId: string,
  { intent, proofs }: SignInState,
  place: Place | undefined,
): Submission => ({
  interactionEvent: intent,
  userId,
  verificationRecords: proofs.map(describeProof),
  ...(place ? { signInContext: describePlace(place) } : {}),
});

/** Text throughout, under the names of `INJECTED_HEADER_MAPPING_JSON`. */
function describePlace({ country, city, point, botScore, isBotVerified }: Place): Record<string, string> {
  const told = {
    country,
    city,
    latitude: point?.latitude,
    longitude: point?.longitude,
    botScore,
    botVerified: isBotVerified,
  };
  return Object.fromEntries(
    Object.entries(told).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}

/** A proof as a verification record. Provider data is masked as in the audit log: some providers include tokens. */
export function describeProof(proof: Proof): VerificationRecord {
  const { id } = proof;
  if (proof.type === 'EnterpriseSso') {
    const { connectorId, person, attributes } = proof;
    const { isVouched: _, ...told } = person;
    const rawData = mask(attributes) as Record<string, unknown>;
    return { id, type: proof.type, connectorId, issuer: person.issuer, enterpriseSsoUserInfo: { ...told, rawData } };
  }
  if ('identity' in proof) {
    const socialUserInfo = mask(proof.identity) as Record<string, unknown>;
    return { id, type: proof.type, connectorId: proof.connectorId, socialUserInfo };
  }
  if ('factor' in proof) return { id, type: proof.factor.type, verified: true };
  // A new name and password are chosen, not verified.
  if ('password' in proof) return { id, type: proof.type, identifier: proof.identifier };
  if ('identifier' in proof) return { id, type: proof.type, identifier: proof.identifier, verified: true };
  return { id, type: proof.type, userId: proof.userId, verified: true };
}

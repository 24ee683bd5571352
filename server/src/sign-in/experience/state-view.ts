import type { getInteraction, ResponseOf, VerificationRecord } from '@aldaba/contract';
import type { Challenge, SignInState } from '../machine/state.ts';
import { describeProof } from '../steps/submission.ts';

/** The state without secrets: digests, hashes and connector sessions stay inside. */
export function describeState(state: SignInState): ResponseOf<typeof getInteraction> {
  const { username, email, phone, name, avatar, identity } = state.profile;
  return {
    interactionEvent: state.intent,
    ...(state.userId === undefined ? {} : { userId: state.userId }),
    profile: {
      username,
      name,
      avatar,
      primaryEmail: email,
      primaryPhone: phone,
      ...(identity ? { socialIdentity: { target: identity.target, userInfo: { ...identity.details } } } : {}),
    },
    verificationRecords: [
      ...state.proofs.map((proof) =>
        proof.type === 'Social'
          ? { id: proof.id, type: proof.type, connectorId: proof.connectorId, socialUserInfo: { ...proof.identity } }
          : describeProof(proof),
      ),
      ...state.challenges.flatMap(describeCode),
    ],
    mfa: describeMfa(state),
    captcha: { verified: false, skipped: false },
  };
}

/** Second factors that the account gets when the sign-in is complete, and what the user decided about them. */
function describeMfa({ newFactors = [], choices = {} }: SignInState) {
  return {
    newFactors: newFactors.map(({ type }) => ({ type })),
    ...(choices.enabled ? { mfaEnabled: true } : {}),
    ...(choices.skipped ? { mfaSkipped: true } : {}),
    ...(choices.suggestionSkipped ? { additionalBindingSuggestionSkipped: true } : {}),
  };
}

/**
 * A code that was not verified yet; other challenges are left out. The address of a second factor stays hidden from a
 * user who has shown one factor only.
 */
function describeCode(challenge: Challenge): VerificationRecord[] {
  if (!('identifier' in challenge)) return [];
  const { id, type } = challenge;
  return [{ id, type, ...('userId' in challenge ? {} : { identifier: challenge.identifier }), verified: false }];
}

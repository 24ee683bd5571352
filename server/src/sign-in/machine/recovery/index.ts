/**
 * A forgotten password: what stands for it, and how it is replaced. The user is not signed in by that; the next sign-in
 * applies every check. Pure.
 */
import { hasAddress } from '../factor.ts';
import { emailAtEnd } from '../linking/index.ts';
import type { SignInPolicy } from '../policy.ts';
import { isCodeProof, type Proof, provesAddress, type SignInState, use } from '../state.ts';
import type { Account, Context, Outcome, SignInEvent } from '../vocabulary.ts';

type Identified = Extract<SignInEvent, { type: 'identified' }>;

/** ForgotPassword: only a code or a link to an address of the account replaces the password check. */
export function recover(
  state: SignInState,
  proof: Proof | undefined,
  { account }: Identified,
  { policy }: Context,
): Outcome {
  if (!proof || !provesAddress(proof)) return { refused: 'session.verification_failed' };
  // A link needs no method that is switched on: an operator made it for this very address.
  if (isCodeProof(proof) && !policy.recovery.includes(proof.identifier.type))
    return { refused: 'user.sign_in_method_not_enabled' };
  if (!account) return { refused: 'user.user_not_exist' };
  if (!hasAddress(account, proof)) return { refused: 'session.verification_failed' };
  if (state.userId !== undefined && state.userId !== account.id) return { refused: 'session.identity_conflict' };
  if (account.isSuspended) return { refused: 'user.suspended' };
  return { state: { ...use(state, proof), userId: account.id } };
}

/** Consumes the proof of the address, so that a second submission has to start again. */
export function replacePassword(state: SignInState, account: Account, policy: SignInPolicy): Outcome {
  const { password } = state.profile;
  const addressProof = state.proofs.find((proof) => provesAddress(proof) && proof.used);
  // An address that the account lost in between no longer proves it.
  if (!addressProof || !provesAddress(addressProof) || !hasAddress(account, addressProof))
    return { refused: 'session.verification_failed' };
  if (password === undefined) return { refused: 'user.new_password_required_in_profile' };
  const { userId: _, ...unidentified } = state;
  const reclaimed = emailAtEnd(state, policy.secondFactors, account);
  return {
    state: { ...unidentified, proofs: [], challenges: [], profile: {} },
    effects: [...reclaimed, { type: 'reset-password', userId: account.id, password }],
  };
}

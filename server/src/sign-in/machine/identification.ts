/** Part of the machine: identifies the user (an account, or a new one) by a proof. Pure. */
import { identifyBySso, isSsoProof, refusalOfOtherWay } from './enterprise-sso/index.ts';
import { hasAddress, isSameAddress } from './factor.ts';
import { linkUnknown, nameAndAvatar, settleLink, syncedBy, withIdentity } from './linking/index.ts';
import type { IdentifierType, SignInPolicy } from './policy.ts';
import { recover } from './recovery/index.ts';
import {
  type AddressProof,
  type GivenIdentifier,
  isCodeProof,
  isSecondProof,
  type PendingProfile,
  type Proof,
  provesAddress,
  type SignInState,
  use,
} from './state.ts';
import type { Context, Effect, Outcome, Refusal, SignInEvent, Verdict } from './vocabulary.ts';

type Identified = Extract<SignInEvent, { type: 'identified' }>;
/** Whether details are missing for the account that the state describes. */
type IsIncomplete = (state: SignInState) => boolean;

export function identify(state: SignInState, event: Identified, context: Context, isIncomplete: IsIncomplete): Outcome {
  const proof = event.proofId === undefined ? undefined : state.proofs.find(({ id }) => id === event.proofId);
  const refusal = refusalBy(event.verdict) ?? refusalOfOtherWay(state, proof, { ...event, ...context });
  if (refusal) return refusal;
  // The proof that began an account may be submitted again once the missing details are present.
  const begins = state.intent === 'Register' && state.userId === undefined;
  if (event.proofId !== undefined && (!proof || (proof.used && !begins)))
    return { refused: 'session.verification_session_not_found' };
  if (isSsoProof(proof)) return identifyBySso(state, proof, event);
  if (state.intent === 'Register') return register(state, proof, event, { ...context, isIncomplete });
  return state.intent === 'SignIn' ? recognize(state, proof, event, context) : recover(state, proof, event, context);
}

/** SignIn: the proof leads to an account. */
function recognize(state: SignInState, proof: Proof | undefined, event: Identified, { policy }: Context): Outcome {
  const { account } = event;
  const isWay = proof && (proof.type === 'Social' || 'userId' in proof || provesAddress(proof));
  if (!isWay || isSecondProof(proof)) return { refused: 'session.verification_failed' };
  if (!isAllowed(proof, policy)) return { refused: 'user.sign_in_method_not_enabled' };
  if (!account) {
    if (proof.type !== 'Social') return { refused: 'user.user_not_exist' };
    const linked = linkUnknown(state, proof, event, policy);
    if ('refused' in linked) return linked;
    return { state: { ...linked.state, profile: changedBy(event.verdict, linked.state.profile) } };
  }
  if ('userId' in proof && proof.userId !== account.id) return { refused: 'session.verification_failed' };
  if (provesAddress(proof) && !hasAddress(account, proof)) return { refused: 'session.verification_failed' };
  if (state.userId !== undefined && state.userId !== account.id)
    return { refused: event.link ? 'user.identity_already_in_use' : 'session.identity_conflict' };
  if (account.isSuspended) return { refused: 'user.suspended' };
  const profile = changedBy(event.verdict, { ...state.profile, ...syncedBy(proof) });
  return { state: settleLink({ ...use(state, proof), userId: account.id, profile }, account) };
}

/** A link needs no method that is switched on: an operator made it for this very address. */
function isAllowed(proof: Proof, { passwordIdentifiers, codeIdentifiers, passkeySignIn }: SignInPolicy): boolean {
  const among = (allowed: readonly IdentifierType[], type: IdentifierType) => allowed.includes(type);
  if (proof.type === 'Password') return among(passwordIdentifiers, proof.identifier.type);
  if (proof.type === 'SignInPasskey') return passkeySignIn;
  return !isCodeProof(proof) || among(codeIdentifiers, proof.identifier.type);
}

/** No proof overrides the refusal of an operator's script. */
export function refusalBy(verdict: Verdict | undefined): Refusal | undefined {
  if (verdict?.kind === 'denied') return { refused: 'action.access_denied', data: { message: verdict.message } };
  return verdict?.kind === 'failed' ? { refused: 'action.execution_failed' } : undefined;
}

export function changedBy<Profile extends PendingProfile>(verdict: Verdict | undefined, profile: Profile): Profile {
  if (verdict?.kind !== 'passed') return profile;
  const { claims, customData, ...columns } = verdict.changes;
  return {
    ...profile,
    ...columns,
    ...(claims ? { claims: { ...profile.claims, ...claims } } : {}),
    ...(customData ? { customData: { ...profile.customData, ...customData } } : {}),
  };
}

/** Register: the proof becomes an account, as soon as nothing required is missing. */
function register(
  state: SignInState,
  proof: Proof | undefined,
  event: Identified,
  { policy, isIncomplete }: Context & { isIncomplete: IsIncomplete },
): Outcome {
  if (state.userId !== undefined) return { refused: 'session.identity_conflict' };
  if (proof && proof.type !== 'NewPasswordIdentity' && proof.type !== 'Social' && !provesAddress(proof))
    return { refused: 'session.verification_failed' };
  if (proof && !isOpenTo(use(state, proof), profileOf(proof, {}), policy))
    return { refused: 'user.sign_up_method_not_enabled' };
  if (event.account) return { refused: takenCode(proof) };
  // What it said before must not undo what was chosen since.
  const proved = proof && !proof.used ? { ...use(state, proof), profile: profileOf(proof, state.profile) } : state;
  const next = { ...proved, profile: changedBy(event.verdict, proved.profile) };
  const { username, identities, email, phone } = next.profile;
  if (username === undefined && identities === undefined && email === undefined && phone === undefined)
    return { refused: 'session.identifier_not_found' };
  if (!isOpenTo(next, next.profile, policy)) return { refused: 'user.sign_up_method_not_enabled' };
  if (isIncomplete(next)) return { state: next };
  const creation: Effect = { type: 'create-user', profile: next.profile };
  return { state: next, effects: [creation] };
}

/**
 * Whether something in the profile is a way to an account here. Details may be added in any order, and need no proof of
 * their own: one of them has to be what the tenant lets people register with.
 */
const isOpenTo = (
  { proofs }: SignInState,
  { identities, username, email, phone }: PendingProfile,
  policy: SignInPolicy,
): boolean =>
  identities !== undefined ||
  // A link is an invitation of the address that it was made for.
  (email !== undefined &&
    proofs.some(
      (proof) =>
        proof.type === 'OneTimeToken' && proof.used && isSameAddress(proof.identifier, { type: 'email', value: email }),
    )) ||
  (username !== undefined && policy.registerWithUsername) ||
  (email !== undefined && policy.registerWithCode.includes('email')) ||
  (phone !== undefined && policy.registerWithCode.includes('phone'));

const takenCode = (proof: Proof | undefined): `user.${'identity' | 'username' | 'email' | 'phone'}_already_in_use` => {
  if (proof?.type === 'Social') return 'user.identity_already_in_use';
  return proof && provesAddress(proof)
    ? `user.${proof.identifier.type}_already_in_use`
    : 'user.username_already_in_use';
};

/** The address that was proved, as a part of the account. */
export const addressOf = ({ identifier: { type, value } }: AddressProof): PendingProfile =>
  type === 'email' ? { email: value } : { phone: value };

/** The profile of a new account, with what a proof says of it. */
function profileOf(proof: Proof, before: PendingProfile): PendingProfile {
  if (proof.type === 'NewPasswordIdentity')
    return { ...before, username: proof.identifier.value, password: proof.password };
  if (proof.type === 'Social')
    return { ...before, ...nameAndAvatar(proof.identity), identities: withIdentity(before, proof) };
  return provesAddress(proof) ? { ...before, ...addressOf(proof) } : before;
}

/** Stores the identifier. Only its kind is checked: no account was looked up. */
export function giveIdentifier(state: SignInState, identifier: GivenIdentifier, { policy }: Context): Outcome {
  if (state.intent !== 'SignIn' || !policy.signIn) return { refused: 'auth.forbidden' };
  if (state.userId !== undefined) return { refused: 'session.identity_conflict' };
  if (!policy.passwordIdentifiers.includes(identifier.type)) return { refused: 'user.sign_in_method_not_enabled' };
  return { state: { ...state, identifier } };
}

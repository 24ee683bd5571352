/** Part of the machine: identifies the user (an account, or a new one) by a proof. Pure. */
import type { SocialUserInfo } from '../../features/connectors/connectors/index.ts';
import { isSameAddress } from './factor.ts';
import type { IdentifierType, SignInPolicy } from './policy.ts';
import {
  type Address,
  type AddressProof,
  type GivenIdentifier,
  isCodeProof,
  type PendingProfile,
  type Proof,
  provesAddress,
  type SignInState,
} from './state.ts';
import type { Account, Context, Effect, Outcome, Refusal, SignInEvent, Verdict } from './vocabulary.ts';

type Identified = Extract<SignInEvent, { type: 'identified' }>;
/** Whether details are missing for the account that the state describes. */
type IsIncomplete = (state: SignInState) => boolean;

export function identify(state: SignInState, event: Identified, context: Context, isIncomplete: IsIncomplete): Outcome {
  const refusal = refusalBy(event.verdict);
  if (refusal) return refusal;
  const proof = event.proofId === undefined ? undefined : state.proofs.find(({ id }) => id === event.proofId);
  // The proof that began an account may be submitted again once the missing details are present.
  const begins = state.intent === 'Register' && state.userId === undefined;
  if (event.proofId !== undefined && (!proof || (proof.used && !begins)))
    return { refused: 'session.verification_session_not_found' };
  if (state.intent === 'Register') return register(state, proof, event, { ...context, isIncomplete });
  return state.intent === 'SignIn' ? recognize(state, proof, event, context) : recover(state, proof, event, context);
}

/** SignIn: the proof leads to an account. */
function recognize(state: SignInState, proof: Proof | undefined, event: Identified, { policy }: Context): Outcome {
  const { account } = event;
  if (proof?.type !== 'Password' && proof?.type !== 'Social' && !(proof && provesAddress(proof)))
    return { refused: 'session.verification_failed' };
  if (!isAllowed(proof, policy)) return { refused: 'user.sign_in_method_not_enabled' };
  if (!account) {
    return proof.type === 'Social' ? linkToProved(state, proof, event) : { refused: 'user.user_not_exist' };
  }
  if (proof.type === 'Password' && proof.userId !== account.id) return { refused: 'session.verification_failed' };
  if (provesAddress(proof) && !hasAddress(account, proof)) return { refused: 'session.verification_failed' };
  if (state.userId !== undefined && state.userId !== account.id) return { refused: 'session.identity_conflict' };
  if (account.isSuspended) return { refused: 'user.suspended' };
  const synced = proof.type === 'Social' && proof.syncProfile ? nameAndAvatar(proof.identity) : {};
  const profile = changedBy(event.verdict, { ...state.profile, ...synced });
  return { state: { ...use(state, proof), userId: account.id, profile } };
}

/** A link needs no method that is switched on: an operator made it for this very address. */
function isAllowed(proof: Proof, { passwordIdentifiers, codeIdentifiers }: SignInPolicy): boolean {
  const among = (allowed: readonly IdentifierType[], type: IdentifierType) => allowed.includes(type);
  if (proof.type === 'Password') return among(passwordIdentifiers, proof.identifier.type);
  return !isCodeProof(proof) || among(codeIdentifiers, proof.identifier.type);
}

/** ForgotPassword: only a code or a link to an address of the account replaces the password check. */
function recover(state: SignInState, proof: Proof | undefined, { account }: Identified, { policy }: Context): Outcome {
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

export const hasAddress = (
  { addresses }: Pick<Account, 'addresses'>,
  { identifier }: { identifier: Address },
): boolean => addresses.some((known) => isSameAddress(known, identifier));

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

/** Links an unknown social identity to the user who was identified in the same sign-in: both sides are proved. */
function linkToProved(state: SignInState, proof: Extract<Proof, { type: 'Social' }>, event: Identified): Outcome {
  if (!event.link || state.userId === undefined) return { refused: 'user.identity_not_exist' };
  return { state: { ...use(state, proof), profile: { ...state.profile, identity: identityOf(proof) } } };
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
  if (proof && !isOpenTo(use(state, proof), profileOf(proof), policy))
    return { refused: 'user.sign_up_method_not_enabled' };
  if (event.account) return { refused: takenCode(proof) };
  // What it said before must not undo what was chosen since.
  const proved =
    proof && !proof.used ? { ...use(state, proof), profile: { ...state.profile, ...profileOf(proof) } } : state;
  const next = { ...proved, profile: changedBy(event.verdict, proved.profile) };
  const { username, identity, email, phone } = next.profile;
  if (username === undefined && identity === undefined && email === undefined && phone === undefined)
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
  { identity, username, email, phone }: PendingProfile,
  policy: SignInPolicy,
): boolean =>
  identity !== undefined ||
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

/** A proof counts once; of each type the last one that was used is kept. */
export const use = (state: SignInState, proof: Proof): SignInState => ({
  ...state,
  proofs: state.proofs
    .filter(({ id, type, used }) => id === proof.id || type !== proof.type || !used)
    .map((candidate) => (candidate.id === proof.id ? { ...candidate, used: true } : candidate)),
});

const nameAndAvatar = ({ name, avatar }: SocialUserInfo): Pick<PendingProfile, 'name' | 'avatar'> => ({
  ...(name === undefined ? {} : { name }),
  ...(avatar === undefined ? {} : { avatar }),
});

export const identityOf = ({ target, identity }: Extract<Proof, { type: 'Social' }>) => ({
  target,
  userId: identity.id,
  details: identity,
});

/** The address that was proved, as a part of the account. */
export const addressOf = ({ identifier: { type, value } }: AddressProof): PendingProfile =>
  type === 'email' ? { email: value } : { phone: value };

function profileOf(proof: Proof): PendingProfile {
  if (proof.type === 'NewPasswordIdentity') return { username: proof.identifier.value, password: proof.password };
  if (provesAddress(proof)) return addressOf(proof);
  return proof.type === 'Social' ? { ...nameAndAvatar(proof.identity), identity: identityOf(proof) } : {};
}

/** Stores the identifier. Only its kind is checked: no account was looked up. */
export function giveIdentifier(state: SignInState, identifier: GivenIdentifier, { policy }: Context): Outcome {
  if (state.intent !== 'SignIn' || !policy.signIn) return { refused: 'auth.forbidden' };
  if (state.userId !== undefined) return { refused: 'session.identity_conflict' };
  if (!policy.passwordIdentifiers.includes(identifier.type)) return { refused: 'user.sign_in_method_not_enabled' };
  return { state: { ...state, identifier } };
}

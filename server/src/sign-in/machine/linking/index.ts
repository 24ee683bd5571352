/**
 * Linking: a provider names a person whom no account knows yet, and an account has the same address. Who gets the
 * identity is decided here: the account that was proved in the same sign-in, or, where the tenant wants it, the account
 * of an email address that the provider itself hosts and verified. Pure.
 */
import type { SocialUserInfo } from '../../../features/connectors/connectors/index.ts';
import { hasAddress, isSameAddress } from '../factor.ts';
import type { SecondFactorPolicy, SignInPolicy } from '../policy.ts';
import { factorsToShow } from '../second-factor.ts';
import {
  type Address,
  isSecondProof,
  maximumAge,
  type PendingLink,
  type PendingProfile,
  type Proof,
  provesAddress,
  type SignInState,
  use,
} from '../state.ts';
import type { Account, Effect, Outcome, Refusal, Related, SignInEvent } from '../vocabulary.ts';

type SocialProof = Extract<Proof, { type: 'Social' }>;

export const nameAndAvatar = ({ name, avatar }: SocialUserInfo): Pick<PendingProfile, 'name' | 'avatar'> => ({
  ...(name === undefined ? {} : { name }),
  ...(avatar === undefined ? {} : { avatar }),
});

/** The identities that the account is to get, with that of the proof. */
export const withIdentity = ({ identities = [] }: PendingProfile, { target, identity }: SocialProof) => [
  ...identities.filter((other) => other.target !== target),
  { target, userId: identity.id, details: identity },
];

/** What a connector that keeps profiles up to date writes at each sign-in. */
export const syncedBy = (proof: Proof): PendingProfile =>
  proof.type === 'Social' && proof.syncProfile ? nameAndAvatar(proof.identity) : {};

/** The account gets the identity when the sign-in is complete. */
const attach = (state: SignInState, proof: SocialProof): SignInState => ({
  ...state,
  profile: { ...state.profile, ...syncedBy(proof), identities: withIdentity(state.profile, proof) },
});

/**
 * Whether a provider's word stands for a code sent to the address: the provider verified the email, and hosts the
 * mailboxes of its very domain. Only ASCII, so that no look-alike or case folding leads to another domain.
 */
export function isVouchedFor({ identity, emailDomains = [] }: SocialProof, address: Address): boolean {
  const { email = '', rawData } = identity;
  const claims = (typeof rawData === 'object' && rawData !== null ? rawData : {}) as Record<string, unknown>;
  const isVerified = claims.email_verified === true || claims.email_verified === 'true';
  const named = { type: 'email', value: email } as const;
  // The claim is about `email`; a connector may read the address from another one.
  const isOfClaim = typeof claims.email === 'string' && isSameAddress(named, { type: 'email', value: claims.email });
  const domain = email.slice(email.lastIndexOf('@') + 1).toLowerCase();
  const isPlain = /^[\x21-\x7e]+$/.test(email);
  return isVerified && isOfClaim && isPlain && isSameAddress(named, address) && emailDomains.includes(domain);
}

/** An account has one identity of a target, and never changes it on the way. */
const canTake = ({ account, address }: Related, { target }: SocialProof): boolean =>
  hasAddress(account, { identifier: address }) && !Object.hasOwn(account.identities, target);

/** A sign-in with an identity that no account has. */
export function linkUnknown(
  state: SignInState,
  proof: SocialProof,
  { link, related }: Pick<Extract<SignInEvent, { type: 'identified' }>, 'link' | 'related'>,
  policy: Pick<SignInPolicy, 'automaticLinking'>,
): Outcome {
  // Both sides were proved in this sign-in.
  if (link && state.userId !== undefined) return { state: attach(use(state, proof), proof) };
  if (!link || !related || state.userId !== undefined || !isAutomatic(proof, related, policy))
    return unknownIdentity(related);
  if (related.account.isSuspended) return { refused: 'user.suspended' };
  const linking: PendingLink = { proof, address: related.address, stage: 'automatic' };
  return { state: { ...attach(use(state, proof), proof), userId: related.account.id, linking } };
}

/** Whether the identity is linked without another proof. */
export const isAutomatic = (
  proof: SocialProof,
  related: Related,
  { automaticLinking }: Pick<SignInPolicy, 'automaticLinking'>,
): boolean => automaticLinking && related.isVerified && canTake(related, proof) && isVouchedFor(proof, related.address);

const unknownIdentity = (related: Related | undefined): Refusal => ({
  refused: 'user.identity_not_exist',
  ...(related ? { data: { relatedUser: related.address } } : {}),
});

/** Keeps the identity, and asks the user whether the account with its address is theirs. */
export function offerLink(state: SignInState, { proofId, related }: { proofId: string; related: Related }): Outcome {
  const proof = state.proofs.find(({ id }) => id === proofId);
  if (proof?.type !== 'Social' || proof.used) return { refused: 'session.verification_session_not_found' };
  if (state.intent !== 'SignIn' || state.userId !== undefined) return { refused: 'session.identity_conflict' };
  if (!canTake(related, proof)) return unknownIdentity(undefined);
  const proofs = state.proofs.filter((other) => other !== proof);
  return { state: { ...state, proofs, linking: { proof, address: related.address, stage: 'offered' } } };
}

/** The user proves the account next, or wants none of it: then the identity may begin an account of its own. */
export function answerLink(state: SignInState, { proves }: { proves: boolean }, policy: SignInPolicy): Outcome {
  const { linking, ...rest } = state;
  if (linking?.stage !== 'offered') return { refused: 'session.verification_session_not_found' };
  const { proof, address } = linking;
  if (!proves) return { state: { ...rest, proofs: [...state.proofs, proof] } };
  const identifier = policy.passwordIdentifiers.includes(address.type) ? { identifier: address } : {};
  return { state: { ...state, ...identifier, linking: { ...linking, stage: 'wanted' } } };
}

/** The link that a new start keeps: the user wants it, and now proves the account. */
export const keptLink = (before: SignInState | undefined, now: number): Pick<SignInState, 'linking'> =>
  before?.linking?.stage === 'wanted' && now - before.linking.proof.createdAt <= maximumAge
    ? { linking: before.linking }
    : {};

/** An account was proved: it gets the identity if it is the one that the user was asked about. Any other does not. */
export function settleLink({ linking, ...state }: SignInState, account: Account): SignInState {
  if (linking?.stage !== 'wanted' || !canTake({ account, address: linking.address, isVerified: true }, linking.proof))
    return state;
  const { proof } = linking;
  return attach(use({ ...state, proofs: [...state.proofs, proof] }, proof), proof);
}

/** Why a sign-in must not complete: the account has lost in between the address by which the identity is linked. */
export function refusalOfLink({ linking }: SignInState, account: Account): Refusal | undefined {
  const isMoved = linking?.stage === 'automatic' && !hasAddress(account, { identifier: linking.address });
  return isMoved ? { refused: 'session.verification_failed' } : undefined;
}

/** A code or a link that was sent: it shows an address of the account, and nothing that the account's user knows. */
const isSent = (proof: Proof): proof is Extract<Proof, { identifier: Address }> =>
  provesAddress(proof) || (isSecondProof(proof) && 'identifier' in proof);

/** Whether a proof shows something that the account has, besides its addresses as a first factor. */
const isOfAccount = (proof: Proof, { id, identities }: Account): boolean =>
  ('userId' in proof && proof.userId === id) ||
  (proof.type === 'Social' && Object.hasOwn(identities, proof.target)) ||
  proof.type === 'EnterpriseSso';

/**
 * What a proof of the account's email address changes. An account whose address was never verified may be an
 * attacker's work. A user who proved a credential of it too verifies the address and keeps everything; a user who
 * proved nothing else takes the account back. Neither if a factor is owed that a device replaces or the next sign-in
 * asks for: it may be the owner's.
 */
export function emailAtEnd(state: SignInState, policy: SecondFactorPolicy, account: Account): Effect[] {
  const { id: userId, addresses } = account;
  const email = addresses.find(({ type }) => type === 'email');
  // A user whose company's provider led here by the address takes the account back by that: `ssoAtEnd`.
  if (!email || state.intent === 'Register' || state.adopted) return [];
  if (factorsToShow({ ...state, intent: 'SignIn' }, policy, account).length > 0) return [];
  const isOfEmail = (proof: Proof) => isSent(proof) && isSameAddress(proof.identifier, email);
  const proved = state.proofs.filter(isOfEmail);
  const others = state.proofs.filter((proof) => proof.used && !isOfEmail(proof) && isOfAccount(proof, account));
  // A code that an application asked for to make codes a second factor stays unused, since nothing is added.
  if (proved.length > 0 && !others.every(isSent)) return [{ type: 'verify-email', userId, email: email.value }];
  const isFirst = proved.some((proof) => proof.used && provesAddress(proof));
  return isFirst && others.length === 0 ? [{ type: 'reclaim-account', userId }] : [];
}

/** What a completed sign-in links. */
export function linksAtEnd({ profile: { identities = [] }, linking }: SignInState, { id: userId }: Account): Effect[] {
  const automatic = linking?.stage === 'automatic' ? linking.proof.target : undefined;
  return identities.map((identity) => ({
    type: 'link-identity',
    userId,
    identity,
    automatic: identity.target === automatic,
  }));
}

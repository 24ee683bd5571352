/** Part of the machine: what is added to the account on the way (details, second factors, decisions). Pure. */
import { hasAddress } from './factor.ts';
import { isBackup } from './factors.ts';
import { addressOf } from './identification.ts';
import { withIdentity } from './linking/index.ts';
import type { SignInPolicy } from './policy.ts';
import { hasSignInFactor } from './second-factor.ts';
import { isCodeProof, type PendingProfile, type SignInState, use } from './state.ts';
import type { Account, Effect, Outcome, Prompt, SignInEvent } from './vocabulary.ts';

export type DetailEvent = Extract<
  SignInEvent,
  {
    type:
      | 'username-chosen'
      | 'password-chosen'
      | 'social-added'
      | 'address-added'
      | 'profile-added'
      | 'factor-added'
      | 'factor-choice';
  }
>;

/** What the account has, or is about to get. */
export const detailsOf = (
  { profile, proofs, userId, answered }: SignInState,
  { passkeySignIn }: SignInPolicy,
  account: Account | undefined,
) => ({
  username: account?.username === true || profile.username !== undefined,
  email: account?.email === true || profile.email !== undefined,
  phone: account?.phone === true || profile.phone !== undefined,
  // A passkey signs in on its own, so the account needs no password.
  password: account?.password === true || profile.password !== undefined || (passkeySignIn && hasSignInFactor(account)),
  social: account?.social === true || cameBySocial({ profile, proofs }),
  // Users with an account are not asked again.
  extraProfile: userId !== undefined || answered === true,
});

export const cameBySocial = ({ proofs, profile }: Pick<SignInState, 'proofs' | 'profile'>) =>
  profile.identities !== undefined || proofs.some((proof) => proof.used && proof.type === 'Social');

/** Whether the user was identified by an expired password. */
export const hasExpiredPassword = ({ proofs, userId }: SignInState): boolean =>
  proofs.some((proof) => proof.type === 'Password' && proof.used && proof.userId === userId && proof.expired === true);

/** Whether a new password replaces the account's: a forgotten or an expired one. */
export const replacesPassword = (state: SignInState): boolean =>
  state.intent === 'ForgotPassword' || hasExpiredPassword(state);

/** Treats an address that was just proved like one of the account. */
export function withNewAddresses({ profile: { email, phone } }: SignInState, account: Account | undefined) {
  if (!account || (email === undefined && phone === undefined)) return account;
  const added = [
    ...(email === undefined ? [] : [{ type: 'email' as const, value: email }]),
    ...(phone === undefined ? [] : [{ type: 'phone' as const, value: phone }]),
  ];
  return { ...account, addresses: [...account.addresses, ...added] };
}

/** The organizations that the operator named for the used link. Only the owner of its address joins them. */
export const joined = ({ proofs }: SignInState, account: Account): Effect[] =>
  proofs.flatMap((proof) =>
    proof.type === 'OneTimeToken' && proof.used && proof.organizationIds.length > 0 && hasAddress(account, proof)
      ? [{ type: 'join-organizations', userId: account.id, organizationIds: proof.organizationIds }]
      : [],
  );

/** @param prompt what the user has to do now; before a due second factor is shown, nothing is added */
export function addDetail(state: SignInState, event: DetailEvent, prompt: Prompt): Outcome {
  const add = (detail: PendingProfile, from = state): Outcome => ({
    state: { ...from, profile: { ...from.profile, ...detail } },
  });
  const { account } = event;
  switch (event.type) {
    case 'username-chosen':
      if (account?.username) return { refused: 'user.username_exists_in_profile' };
      return event.taken ? { refused: 'user.username_already_in_use' } : add({ username: event.value });
    case 'password-chosen':
      return account?.password && !replacesPassword(state)
        ? { refused: 'user.password_exists_in_profile' }
        : add({ password: event.password });
    case 'profile-added': {
      const { claims, customData } = state.profile;
      const merged = {
        ...event.profile,
        ...(event.profile.claims ? { claims: { ...claims, ...event.profile.claims } } : {}),
        ...(event.profile.customData ? { customData: { ...customData, ...event.profile.customData } } : {}),
      };
      return add(merged, { ...state, answered: true });
    }
    case 'social-added': {
      const proof = state.proofs.find(({ id }) => id === event.proofId);
      if (proof?.type !== 'Social' || proof.used) return { refused: 'session.verification_session_not_found' };
      if (event.inUse) return { refused: 'user.identity_already_in_use' };
      if (account && Object.hasOwn(account.identities, proof.target))
        return { refused: 'user.identity_exists_in_profile' };
      return add({ identities: withIdentity(state.profile, proof) }, use(state, proof));
    }
    case 'address-added':
      return addAddress(state, event);
    case 'factor-added':
      return addFactor(state, event.proofId, prompt);
    case 'factor-choice':
      return choose(state, event, prompt);
  }
}

function addAddress(
  state: SignInState,
  { proofId, taken, account }: { proofId: string; taken: boolean; account?: Account | undefined },
): Outcome {
  const proof = state.proofs.find(({ id }) => id === proofId);
  if (!proof || !isCodeProof(proof) || proof.used) return { refused: 'session.verification_session_not_found' };
  const { type } = proof.identifier;
  if (taken) return { refused: `user.${type}_already_in_use` };
  if (account?.[type]) return { refused: `user.${type}_exists_in_profile` };
  const used = use(state, proof);
  return { state: { ...used, profile: { ...used.profile, ...addressOf(proof) } } };
}

/** The account gets the last factor of each kind that was set up and is asked for, when the sign-in is complete. */
function addFactor(state: SignInState, proofId: string, prompt: Prompt): Outcome {
  const proof = state.proofs.find(({ id }) => id === proofId);
  if (!proof || !('factor' in proof) || proof.used) return { refused: 'session.verification_session_not_found' };
  if (state.userId === undefined) return { refused: 'session.identifier_not_found' };
  const { newFactors = [] } = state;
  const { type: made } = proof.factor;
  // A factor is added only when one is asked for: an attacker with the password alone must not leave a factor behind.
  const isAsked = isBackup(made)
    ? prompt.kind === 'make-backup-codes'
    : prompt.kind === 'add-factor' && prompt.factors.includes(made);
  if (!isAsked) return { refused: 'session.mfa.mfa_factor_not_enabled' };
  const others = newFactors.filter(({ type }) => type !== made);
  return { state: { ...use(state, proof), newFactors: [...others, proof.factor] } };
}

function choose(
  state: SignInState,
  { choice }: Extract<SignInEvent, { type: 'factor-choice' }>,
  prompt: Prompt,
): Outcome {
  if (state.userId === undefined) return { refused: 'session.identifier_not_found' };
  if (prompt.kind !== 'add-factor') return { refused: notAsked[choice] };
  const { skippable, additional, signsIn = false } = prompt;
  const isOptional = skippable && !additional && !signsIn;
  // A user who wants a factor has one once codes to an address of the account count, else sets one up.
  const isAllowed = {
    enabled: isOptional,
    skipped: isOptional,
    suggestionSkipped: additional !== undefined,
    passkeySkipped: signsIn,
  };
  if (!isAllowed[choice]) return { refused: notAsked[choice] };
  return { state: { ...state, choices: { ...state.choices, [choice]: true } } };
}

/** A decision counts only when factors are asked for and not required. */
const notAsked = {
  enabled: 'session.mfa.mfa_factor_not_enabled',
  skipped: 'session.mfa.mfa_policy_not_user_controlled',
  suggestionSkipped: 'session.mfa.mfa_policy_not_user_controlled',
  passkeySkipped: 'session.mfa.mfa_factor_not_enabled',
} as const;

/**
 * The sign-in machine: (state, event, context) → (state, effects, prompt). Pure: no I/O, clock or randomness. An event is a
 * fact that a factor has checked already; an effect is a wish that the service fulfils in the transaction that stores the
 * state; a prompt is what the person has to do next (`vocabulary.ts`). `rules` below is the order of the flow.
 */

import { maskAddress } from './address.ts';
import { addDetail, type DetailEvent, hasExpiredPassword } from './details.ts';
import { codeFactorOf, traitsOf } from './factors.ts';
import { changedBy, giveIdentifier, hasAddress, identify, refusalBy, use } from './identification.ts';
import { type MissingDetail, missingDetails, type SecondFactorType, type SignInPolicy } from './policy.ts';
import {
  factorOf,
  factorsToAdd,
  factorsToShow,
  needsBackupCodes,
  refusalToAdd,
  usableFactors,
} from './second-factor.ts';
import { type Address, type Intent, isSecondProof, provesAddress, type SignInState, stateVersion } from './state.ts';
import type { Account, Context, Effect, Outcome, Prompt, Refusal, SignInEvent, Step } from './vocabulary.ts';

interface Situation {
  state: SignInState;
  policy: SignInPolicy;
  missing: MissingDetail[];
  /** The identified one. */
  account: Account | undefined;
}
type Rule = { reason: string } & {
  /** What the person has to do, or undefined when the rule does not apply. */
  prompt(situation: Situation, reason: string): Prompt | undefined;
};

/** The flow, in order: the first rule that applies says what the person does next. */
const rules: readonly Rule[] = [
  {
    reason: 'details are missing for the new account',
    prompt: ({ state, missing }, reason) =>
      state.userId === undefined && hasBegunAccount(state) && missing.length > 0
        ? { kind: 'continue', reason, missing }
        : undefined,
  },
  {
    reason: 'nobody is identified, and a new account is wanted',
    prompt: ({ state }, reason) =>
      state.userId === undefined && state.intent === 'Register' ? { kind: 'register', reason } : undefined,
  },
  {
    reason: 'nobody is identified who forgot a password',
    prompt: ({ state }, reason) =>
      state.userId === undefined && state.intent === 'ForgotPassword' ? { kind: 'recover', reason } : undefined,
  },
  {
    // Decided by the kind of identifier alone, never by an account: known and unknown ones go the same way.
    reason: 'the password of an identifier is asked for',
    prompt: ({ state: { userId, identifier }, policy }, reason) =>
      userId === undefined && identifier && policy.passwordIdentifiers.includes(identifier.type)
        ? { kind: 'sign-in', reason, identifier }
        : undefined,
  },
  {
    reason: 'nobody is identified',
    prompt: ({ state }, reason) => (state.userId === undefined ? { kind: 'sign-in', reason } : undefined),
  },
  {
    reason: 'the forgotten password is not replaced yet',
    prompt: ({ state }, reason) =>
      state.intent === 'ForgotPassword' && state.profile.password === undefined
        ? { kind: 'reset-password', reason }
        : undefined,
  },
  {
    // Whoever replaced a password is not signed in by that: the sign-in that follows asks for all it needs.
    reason: 'the forgotten password is replaced',
    prompt: ({ state }, reason) => (state.intent === 'ForgotPassword' ? { kind: 'done', reason } : undefined),
  },
  {
    reason: 'a second factor has to be shown',
    prompt: ({ state, policy, account }, reason) => {
      const factors = account ? factorsToShow(state, policy.secondFactors, account) : [];
      return account && factors.length > 0 ? { kind: 'show-factor', reason, factors, account } : undefined;
    },
  },
  {
    reason: 'the password that was used has expired',
    prompt: ({ state }, reason) =>
      hasExpiredPassword(state) && state.profile.password === undefined
        ? { kind: 'continue', reason, missing: ['password'], expired: true }
        : undefined,
  },
  {
    reason: 'the account lacks required details',
    prompt: ({ missing }, reason) => (missing.length > 0 ? { kind: 'continue', reason, missing } : undefined),
  },
  {
    reason: 'a second factor has to be set up',
    prompt: ({ state, policy, account }, reason) => {
      const wanted = account && factorsToAdd(state, policy.secondFactors, account);
      return wanted && { kind: 'add-factor', reason, ...wanted };
    },
  },
  {
    reason: 'a new second factor needs backup codes',
    prompt: ({ state, policy, account }, reason) =>
      account && needsBackupCodes(state, policy.secondFactors, account)
        ? { kind: 'make-backup-codes', reason }
        : undefined,
  },
];
const nothingIsMissing: Prompt = { kind: 'done', reason: 'everything required was proved' };

const hasBegunAccount = ({ intent, profile }: SignInState) => intent === 'Register' && Object.keys(profile).length > 0;

/** What comes next. `account`: the identified one, for what it has already. */
export function promptFor(state: SignInState, policy: SignInPolicy, account?: Account): Prompt {
  const missing = missingDetails(policy, detailsOf(state, account), cameBySocial(state));
  const situation = { state, policy, missing, account: withNewAddresses(state, account) };
  for (const { reason, prompt } of rules) {
    const found = prompt(situation, reason);
    if (found) return found;
  }
  return nothingIsMissing;
}

/** An address that was proved a moment ago is as good as one that the account has. */
function withNewAddresses({ profile: { email, phone } }: SignInState, account: Account | undefined) {
  if (!account || (email === undefined && phone === undefined)) return account;
  const added = [
    ...(email === undefined ? [] : [{ type: 'email' as const, value: email }]),
    ...(phone === undefined ? [] : [{ type: 'phone' as const, value: phone }]),
  ];
  return { ...account, addresses: [...account.addresses, ...added] };
}

/** The refusal that stands for a prompt at a point where the sign-in ought to be complete. */
export function refusalOf(prompt: Prompt): Refusal | undefined {
  switch (prompt.kind) {
    case 'done':
      return undefined;
    case 'show-factor':
      return {
        refused: 'session.mfa.require_mfa_verification',
        data: {
          availableFactors: prompt.factors,
          maskedIdentifiers: maskedFactors(prompt.account.addresses, prompt.factors),
        },
      };
    case 'continue':
      return prompt.expired
        ? { refused: 'password.expired' }
        : { refused: 'user.missing_profile', data: { missingProfile: prompt.missing } };
    case 'add-factor':
      return refusalToAdd(prompt);
    case 'make-backup-codes':
      return { refused: 'session.mfa.backup_code_required' };
    case 'reset-password':
      return { refused: 'user.new_password_required_in_profile' };
    default:
      return { refused: 'session.identifier_not_found' };
  }
}

/** Only of those that a code may go to: whoever has the first factor alone learns no other address. */
const maskedFactors = (addresses: readonly Address[], factors: readonly SecondFactorType[]) =>
  Object.fromEntries(
    addresses
      .map((address) => [codeFactorOf(address), maskAddress(address)] as const)
      .filter(([factor]) => factors.includes(factor)),
  );

const detailsOf = ({ profile, proofs, userId, answered }: SignInState, account: Account | undefined) => ({
  username: account?.username === true || profile.username !== undefined,
  email: account?.email === true || profile.email !== undefined,
  phone: account?.phone === true || profile.phone !== undefined,
  password: account?.password === true || profile.password !== undefined,
  social:
    account?.social === true ||
    profile.identity !== undefined ||
    proofs.some((proof) => proof.used && proof.type === 'Social'),
  // Whoever has an account is asked nothing any more.
  extraProfile: userId !== undefined || answered === true,
});

const cameBySocial = ({ proofs, profile }: SignInState) =>
  profile.identity !== undefined || proofs.some((proof) => proof.used && proof.type === 'Social');

/** One step. A refusal names the code and leaves the state as it was. */
export function step(state: SignInState | undefined, event: SignInEvent, context: Context): Step | Refusal {
  const outcome = event.type === 'started' ? start(event.intent, context) : advance(state, event, context);
  if ('refused' in outcome) return outcome;
  const account = 'account' in event ? event.account : undefined;
  const prompt = promptFor(outcome.state, context.policy, account?.id === outcome.state.userId ? account : undefined);
  return { state: outcome.state, effects: outcome.effects ?? [], prompt };
}

function advance(
  state: SignInState | undefined,
  event: Exclude<SignInEvent, { type: 'started' }>,
  context: Context,
): Outcome {
  if (!state) return { refused: 'session.interaction_not_found' };
  switch (event.type) {
    case 'intent-changed':
      return changeIntent(state, event.intent, context);
    case 'proved':
      return addProof(state, event, context);
    case 'challenged': {
      const { challenge } = event;
      return { state: { ...state, challenges: [...state.challenges.filter(differsFrom(challenge)), challenge] } };
    }
    case 'answered':
      return answer(state, event, context);
    case 'identifier-given':
      return giveIdentifier(state, event.identifier, context);
    case 'identified':
      return isOpen(state.intent, context.policy)
        ? identify(state, event, context, (next) => promptFor(next, context.policy).kind === 'continue')
        : { refused: 'auth.forbidden' };
    case 'created':
      return state.userId === undefined
        ? { state: { ...state, userId: event.account.id, profile: {} } }
        : { refused: 'session.identity_conflict' };
    case 'submitted':
      return submit(state, event, context);
    default:
      return extend(state, event, context);
  }
}

const differsFrom =
  ({ type }: { type: string }) =>
  (other: { type: string }) =>
    other.type !== type;

function start(intent: Intent, { policy, now }: Context): Outcome {
  if (!isOpen(intent, policy)) return { refused: 'auth.forbidden' };
  return { state: { version: stateVersion, intent, startedAt: now, proofs: [], challenges: [], profile: {} } };
}

function isOpen(intent: Intent, policy: SignInPolicy): boolean {
  if (intent === 'ForgotPassword') return policy.signIn && policy.recovery.length > 0;
  return intent === 'SignIn' ? policy.signIn : policy.register;
}

function changeIntent(state: SignInState, intent: Intent, { policy }: Context): Outcome {
  if ((intent === 'ForgotPassword') !== (state.intent === 'ForgotPassword')) {
    return { refused: 'session.not_supported_for_forgot_password' };
  }
  if (!isOpen(intent, policy)) return { refused: 'auth.forbidden' };
  if (intent === state.intent) return { state };
  // Whoever is identified stays: a change of intent never opens the way to another account.
  if (state.userId !== undefined) return { refused: 'auth.forbidden' };
  // What was said of a new account is forgotten with it, and what proved it: it says nothing of the account that follows.
  const { answered: _, ...rest } = state;
  return { state: { ...rest, intent, profile: {}, proofs: state.proofs.filter(({ used }) => !used) } };
}

function addProof(
  state: SignInState,
  { proof, renewedPassword, account }: Extract<SignInEvent, { type: 'proved' }>,
  { policy }: Context,
): Outcome {
  // What was used is how the person came here: a proof that is not used yet takes nothing of it away.
  const others = state.proofs.filter((other) => other.used || other.type !== proof.type);
  const next = { ...state, proofs: [...others, proof] };
  if (isSecondProof(proof)) {
    if (state.intent === 'ForgotPassword') return { refused: 'session.not_supported_for_forgot_password' };
    if (state.userId === undefined) return { refused: 'session.identifier_not_found' };
    if (state.userId !== proof.userId) return { refused: 'session.identity_conflict' };
    if (!policy.secondFactors.factors.includes(factorOf(proof)))
      return { refused: 'session.mfa.mfa_factor_not_enabled' };
    if ('identifier' in proof) {
      if (!account || account.id !== proof.userId || !hasAddress(account, proof))
        return { refused: 'session.verification_failed' };
      if (!usableFactors(state, policy.secondFactors, account).includes(factorOf(proof)))
        return { refused: 'session.mfa.mfa_factor_not_enabled' };
    }
    // It says nothing else than that it was shown, and that it says at once.
    return { state: use(next, proof) };
  }
  if (proof.type !== 'Password' || renewedPassword === undefined) return { state: next };
  return {
    state: next,
    effects: [{ type: 'update-user', userId: proof.userId, patch: { password: renewedPassword } }],
  };
}

function answer(state: SignInState, event: Extract<SignInEvent, { type: 'answered' }>, context: Context): Outcome {
  const { challengeId, proof, account } = event;
  const challenge = state.challenges.find(({ id }) => id === challengeId);
  // What answers a challenge proves what was asked, and nothing else.
  if (!challenge || (proof && proof.type !== challenge.type))
    return { refused: 'session.verification_session_not_found' };
  const next = { ...state, challenges: state.challenges.filter(({ id }) => id !== challengeId) };
  if (!proof) return { state: next };
  return addProof(next, { type: 'proved', proof, ...(account ? { account } : {}) }, context);
}

/** Adds to the account of somebody who is identified, or to one that is to be created. */
function extend(state: SignInState, event: DetailEvent, { policy }: Context): Outcome {
  const { account } = event;
  if (state.intent === 'ForgotPassword' && event.type !== 'password-chosen')
    return { refused: 'session.not_supported_for_forgot_password' };
  if (!isOpen(state.intent, policy)) return { refused: 'auth.forbidden' };
  if (state.intent !== 'Register' && state.userId === undefined) return { refused: 'session.identifier_not_found' };
  if (state.userId !== account?.id) return { refused: 'session.identity_conflict' };
  const prompt = promptFor(state, policy, account);
  // A first factor alone changes nothing of an account that has a second one.
  if (prompt.kind === 'show-factor') return refusalOf(prompt) as Refusal;
  return addDetail(state, event, prompt);
}

type Submitted = Extract<SignInEvent, { type: 'submitted' }>;

function submit(state: SignInState, { account, verdict }: Submitted, { policy }: Context): Outcome {
  const { userId } = state;
  if (userId === undefined) return refusalOf(promptFor(state, policy)) ?? { refused: 'session.identifier_not_found' };
  if (account?.id !== userId) return { refused: 'user.user_not_exist' };
  if (account.isSuspended) return { refused: 'user.suspended' };
  // An account that was created a moment ago is there, whatever is closed since.
  if (state.intent !== 'Register' && !isOpen(state.intent, policy)) return { refused: 'auth.forbidden' };
  const refusal = refusalOf(promptFor(state, policy, account)) ?? refusalBy(verdict);
  if (refusal) return refusal;
  if (state.intent === 'ForgotPassword') return replacePassword(state, account);
  const { identity, ...patch } = changedBy(verdict, state.profile);
  const { newFactors = [], choices } = state;
  // A registration has no sign-ins before it to differ from.
  const risks = state.intent === 'SignIn' ? account.risks : [];
  const effects: Effect[] = [
    ...(identity ? [{ type: 'link-identity' as const, userId, identity }] : []),
    ...(newFactors.length > 0 ? [{ type: 'add-factors' as const, userId, factors: newFactors }] : []),
    ...joined(state, account),
    ...(choices ? [{ type: 'keep-choices' as const, userId, choices }] : []),
    { type: 'finish', userId, amr: methodsOf(state), patch, risks },
  ];
  return { state, effects };
}

/** The organizations that the operator named when the link was made that the person came by, for whoever has its address. */
const joined = ({ proofs }: SignInState, account: Account): Effect[] =>
  proofs.flatMap((proof) =>
    proof.type === 'OneTimeToken' && proof.used && proof.organizationIds.length > 0 && hasAddress(account, proof)
      ? [{ type: 'join-organizations', userId: account.id, organizationIds: proof.organizationIds }]
      : [],
  );

/** What proved the address is spent by it: whoever submits once more has to begin anew. */
function replacePassword(state: SignInState, account: Account): Outcome {
  const { password } = state.profile;
  const spoken = state.proofs.find((proof) => provesAddress(proof) && proof.used);
  // An address that the account has lost meanwhile speaks for it no more.
  if (!spoken || !provesAddress(spoken) || !hasAddress(account, spoken))
    return { refused: 'session.verification_failed' };
  if (password === undefined) return { refused: 'user.new_password_required_in_profile' };
  const { userId: _, ...nobody } = state;
  return {
    state: { ...nobody, proofs: [], challenges: [], profile: {} },
    effects: [{ type: 'reset-password', userId: account.id, password }],
  };
}

/** Authentication methods, in the words of RFC 8176 where it has one. */
function methodsOf({ proofs }: SignInState): string[] {
  const used = proofs.filter((proof) => proof.used);
  const named = used.map(({ type }) => traitsOf(type).amr).filter((method) => method !== undefined);
  return [...new Set([...named, ...(used.some(isSecondProof) ? ['mfa'] : [])])];
}

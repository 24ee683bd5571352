/**
 * The sign-in machine: (state, event, context) → (state, effects, prompt). Pure: no I/O, clock or randomness. An event
 * is a fact that a factor has checked already; an effect is a change that is executed in the transaction that stores
 * the state; a prompt is what the user has to do next (`vocabulary.ts`). `rules` below is the order of the flow.
 */

import { addDetail, type DetailEvent, hasExpiredPassword } from './details.ts';
import { maskAddress } from './factor.ts';
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
type Details<Kind extends Prompt['kind']> = Omit<Extract<Prompt, { kind: Kind }>, 'kind' | 'reason'>;
type Rule = {
  [Kind in Prompt['kind']]: {
    /** What the user has to do. */
    kind: Kind;
    reason: string;
    /** The details of the prompt, or undefined when the rule does not apply. */
    applies: (situation: Situation) => Details<Kind> | undefined;
  };
}[Prompt['kind']];

/** The details of a prompt that has none. */
const when = (condition: boolean): Record<never, never> | undefined => (condition ? {} : undefined);

/**
 * The flow, in order: the first rule that applies says what the user does next. docs/sign-in.md is generated from it.
 */
const rules: readonly Rule[] = [
  {
    kind: 'continue',
    reason: 'a new account was begun, and details are missing for it',
    applies: ({ state, missing }) =>
      state.userId === undefined && hasBegunAccount(state) && missing.length > 0 ? { missing } : undefined,
  },
  {
    kind: 'register',
    reason: 'the user is not identified and wants a new account',
    applies: ({ state }) => when(state.userId === undefined && state.intent === 'Register'),
  },
  {
    kind: 'recover',
    reason: 'the user forgot the password and is not identified yet',
    applies: ({ state }) => when(state.userId === undefined && state.intent === 'ForgotPassword'),
  },
  {
    // Decided by the kind of identifier alone, so that known and unknown identifiers see the same prompts.
    kind: 'sign-in',
    reason: 'the user gave an identifier that signs in with a password: its password is asked for',
    applies: ({ state: { userId, identifier }, policy }) =>
      userId === undefined && identifier && policy.passwordIdentifiers.includes(identifier.type)
        ? { identifier }
        : undefined,
  },
  {
    kind: 'sign-in',
    reason: 'the user is not identified',
    applies: ({ state }) => when(state.userId === undefined),
  },
  {
    kind: 'reset-password',
    reason: 'the forgotten password is not replaced yet',
    applies: ({ state }) => when(state.intent === 'ForgotPassword' && state.profile.password === undefined),
  },
  {
    // Resetting a password does not sign the user in; the next sign-in applies every check.
    kind: 'done',
    reason: 'the forgotten password is replaced',
    applies: ({ state }) => when(state.intent === 'ForgotPassword'),
  },
  {
    kind: 'show-factor',
    reason: 'a second factor is required',
    applies: ({ state, policy, account }) => {
      const factors = account ? factorsToShow(state, policy.secondFactors, account) : [];
      return account && factors.length > 0 ? { factors, account } : undefined;
    },
  },
  {
    kind: 'continue',
    reason: 'the password has expired and must be replaced',
    applies: ({ state }) =>
      hasExpiredPassword(state) && state.profile.password === undefined
        ? { missing: ['password'], expired: true }
        : undefined,
  },
  {
    kind: 'continue',
    reason: 'the account lacks details that the tenant requires',
    applies: ({ missing }) => (missing.length > 0 ? { missing } : undefined),
  },
  {
    kind: 'add-factor',
    reason: 'a second factor has to be set up, or is suggested',
    applies: ({ state, policy, account }) => account && factorsToAdd(state, policy.secondFactors, account),
  },
  {
    kind: 'make-backup-codes',
    reason: 'a second factor was set up, and backup codes are missing',
    applies: ({ state, policy, account }) =>
      when(account !== undefined && needsBackupCodes(state, policy.secondFactors, account)),
  },
  { kind: 'done', reason: 'everything required is verified', applies: () => ({}) },
];
/** The prompts in the order of the rules, for the documentation. */
export const flow: readonly { kind: Prompt['kind']; reason: string }[] = rules.map(({ kind, reason }) => ({
  kind,
  reason,
}));

const hasBegunAccount = ({ intent, profile }: SignInState) => intent === 'Register' && Object.keys(profile).length > 0;

/** What comes next. `account`: the identified one, for what it has already. */
export function promptFor(state: SignInState, policy: SignInPolicy, account?: Account): Prompt {
  const missing = missingDetails(policy, detailsOf(state, account), cameBySocial(state));
  const situation = { state, policy, missing, account: withNewAddresses(state, account) };
  for (const { kind, reason, applies } of rules) {
    const details = applies(situation);
    if (details) return { kind, reason, ...details } as Prompt;
  }
  throw new TypeError('The last rule of the flow always applies');
}

/** Treats an address that was just proved like one of the account. */
function withNewAddresses({ profile: { email, phone } }: SignInState, account: Account | undefined) {
  if (!account || (email === undefined && phone === undefined)) return account;
  const added = [
    ...(email === undefined ? [] : [{ type: 'email' as const, value: email }]),
    ...(phone === undefined ? [] : [{ type: 'phone' as const, value: phone }]),
  ];
  return { ...account, addresses: [...account.addresses, ...added] };
}

/** The refusal for a prompt that is left when the sign-in has to be complete. */
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

/** Only addresses that a code may go to: the first factor alone reveals no other address. */
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
  // Users with an account are not asked again.
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
  // The identified user stays: a change of intent never leads to another account.
  if (state.userId !== undefined) return { refused: 'auth.forbidden' };
  // Details and proofs of a new account are dropped with it: they do not apply to the account that follows.
  const { answered: _, ...rest } = state;
  return { state: { ...rest, intent, profile: {}, proofs: state.proofs.filter(({ used }) => !used) } };
}

function addProof(
  state: SignInState,
  { proof, renewedPassword, account }: Extract<SignInEvent, { type: 'proved' }>,
  { policy }: Context,
): Outcome {
  // A used proof records how the user was identified, so an unused one does not replace it.
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
    // The record only shows the factor, so it counts at once.
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
  // An answer proves only what its challenge asked.
  if (!challenge || (proof && proof.type !== challenge.type))
    return { refused: 'session.verification_session_not_found' };
  const next = { ...state, challenges: state.challenges.filter(({ id }) => id !== challengeId) };
  if (!proof) return { state: next };
  return addProof(next, { type: 'proved', proof, ...(account ? { account } : {}) }, context);
}

/** Adds details to the account of the identified user, or to the new one. */
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
  // An account that was just created stays, even if registration was closed since.
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

/** The organizations that the operator named for the used link. Only the owner of its address joins them. */
const joined = ({ proofs }: SignInState, account: Account): Effect[] =>
  proofs.flatMap((proof) =>
    proof.type === 'OneTimeToken' && proof.used && proof.organizationIds.length > 0 && hasAddress(account, proof)
      ? [{ type: 'join-organizations', userId: account.id, organizationIds: proof.organizationIds }]
      : [],
  );

/** Consumes the proof of the address, so that a second submission has to start again. */
function replacePassword(state: SignInState, account: Account): Outcome {
  const { password } = state.profile;
  const addressProof = state.proofs.find((proof) => provesAddress(proof) && proof.used);
  // An address that the account lost in between no longer proves it.
  if (!addressProof || !provesAddress(addressProof) || !hasAddress(account, addressProof))
    return { refused: 'session.verification_failed' };
  if (password === undefined) return { refused: 'user.new_password_required_in_profile' };
  const { userId: _, ...unidentified } = state;
  return {
    state: { ...unidentified, proofs: [], challenges: [], profile: {} },
    effects: [{ type: 'reset-password', userId: account.id, password }],
  };
}

/** Authentication methods, in the words of RFC 8176 where it has one. */
function methodsOf({ proofs }: SignInState): string[] {
  const used = proofs.filter((proof) => proof.used);
  const named = used.map(({ type }) => traitsOf(type).amr).filter((method) => method !== undefined);
  return [...new Set([...named, ...(used.some(isSecondProof) ? ['mfa'] : [])])];
}

/**
 * The sign-in machine: (state, event, context) → (state, effects, prompt). Pure: no I/O, clock or randomness. An event
 * is a fact that a factor has checked already; an effect is a change that is executed in the transaction that stores
 * the state; a prompt is what the user has to do next (`vocabulary.ts`). `rules` below is the order of the flow.
 */
import { captchaRefusal } from './captcha/index.ts';
import {
  addDetail,
  cameBySocial,
  type DetailEvent,
  detailsOf,
  hasExpiredPassword,
  joined,
  withNewAddresses,
} from './details.ts';
import * as sso from './enterprise-sso/index.ts';
import { hasAddress } from './factor.ts';
import { refusalOfLost } from './held/index.ts';
import { changedBy, giveIdentifier, identify, refusalBy } from './identification.ts';
import { answerLink, keptLink, linksAtEnd, offerLink, reclaimAtEnd, refusalOfLink } from './linking/index.ts';
import { type MissingDetail, missingDetails, type SignInPolicy } from './policy.ts';
import { replacePassword } from './recovery/index.ts';
import {
  factorOf,
  factorsToAdd,
  factorsToShow,
  maskedFactors,
  methodsOf,
  needsBackupCodes,
  passkeyToOffer,
  refusalToAdd,
  usableFactors,
} from './second-factor.ts';
import { type Challenge, type Intent, isSecondProof, type SignInState, stateVersion, use } from './state.ts';
import { deviceAtEnd, skipsFactor, trustDevice } from './trusted-device/index.ts';
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
    kind: 'link',
    reason: 'an account has the address of the unknown social identity: the user is asked whether it is theirs',
    applies: ({ state: { userId, linking } }) =>
      userId === undefined && linking?.stage === 'offered'
        ? { address: linking.address, connectorId: linking.proof.connectorId }
        : undefined,
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
    reason: 'passkeys sign in, and the account has none',
    applies: ({ state, policy, account }) => account && passkeyToOffer(state, policy, account),
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
  const prompt = strictPrompt(state, policy, account);
  if (prompt.kind !== 'show-factor' || !skipsFactor(state, policy.secondFactors, prompt.account)) return prompt;
  // A trusted device only completes a sign-in: if anything else is asked for, the factor comes first.
  const isAll = strictPrompt(
    state,
    policy,
    account,
    rules.filter(({ kind }) => kind !== 'show-factor'),
  );
  return isAll.kind === 'done' ? isAll : prompt;
}

/** The same without trust in the device. */
function strictPrompt(state: SignInState, given: SignInPolicy, account?: Account, flow = rules): Prompt {
  const policy = sso.policyAfterSso(given, state, account);
  const missing = missingDetails(policy, detailsOf(state, policy, account), cameBySocial(state));
  const situation = { state, policy, missing, account: withNewAddresses(state, sso.withoutStrangers(state, account)) };
  for (const { kind, reason, applies } of flow) {
    const details = applies(situation);
    if (details) return { kind, reason, ...details } as Prompt;
  }
  throw new TypeError('The last rule of the flow always applies');
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

/** One step. A refusal names the code and leaves the state as it was. */
export function step(state: SignInState | undefined, event: SignInEvent, context: Context): Step | Refusal {
  const outcome =
    captchaRefusal(state, event, context.policy) ??
    refusalOfLost(state, event) ??
    (event.type === 'started' ? start(state, event.intent, context) : advance(state, event, context));
  if ('refused' in outcome) return outcome;
  const related = event.type === 'identified' ? event.related?.account : undefined;
  const account = ('account' in event ? event.account : undefined) ?? related;
  const prompt = promptFor(outcome.state, context.policy, account?.id === outcome.state.userId ? account : undefined);
  return { state: outcome.state, effects: outcome.effects ?? [], prompt };
}

function advance(
  state: SignInState | undefined,
  event: Exclude<SignInEvent, { type: 'started' }>,
  context: Context,
): Outcome {
  if (!state && event.type === 'challenged' && isForAnyone(event.challenge)) {
    const begun = start(undefined, 'SignIn', context);
    return 'refused' in begun ? begun : advance(begun.state, event, context);
  }
  if (!state) return { refused: 'session.interaction_not_found' };
  switch (event.type) {
    case 'intent-changed':
      return changeIntent(state, event.intent, context);
    case 'captcha-passed':
      return { state: { ...state, captcha: true } };
    case 'proved':
      return addProof(state, event, context);
    case 'challenged': {
      const others = state.challenges.filter(({ type }) => type !== event.challenge.type);
      return { state: { ...state, challenges: [...others, event.challenge] } };
    }
    case 'answered':
      return answer(state, event, context);
    case 'identifier-given':
      return giveIdentifier(state, event.identifier, context);
    case 'identified':
      return isOpen(state.intent, context.policy)
        ? identify(state, event, context, (next) => promptFor(next, context.policy).kind === 'continue')
        : { refused: 'auth.forbidden' };
    case 'link-offered':
      return offerLink(state, event);
    case 'link-answered':
      return answerLink(state, event, context.policy);
    case 'sso-address-named':
      return sso.nameAddress(state, event.email, context.policy);
    case 'created':
      return state.userId === undefined
        ? { state: { ...state, userId: event.account.id, profile: {} }, effects: sso.enterNew(state, event.account) }
        : { refused: 'session.identity_conflict' };
    case 'submitted':
      return submit(state, event, context);
    default:
      return extend(state, event, context);
  }
}

/** What the first page asks of any user, before a sign-in is begun. */
const isForAnyone = (challenge: Challenge) => challenge.type === 'SignInPasskey' && challenge.identifier === undefined;

function start(before: SignInState | undefined, intent: Intent, { policy, now }: Context): Outcome {
  if (!isOpen(intent, policy)) return { refused: 'auth.forbidden' };
  const challenges = before?.challenges.filter(isForAnyone) ?? [];
  const captcha = before?.captcha ? { captcha: before.captcha } : {};
  const kept = { ...captcha, ...(intent === 'Register' ? {} : keptLink(before, now)) };
  return { state: { version: stateVersion, intent, startedAt: now, ...kept, proofs: [], challenges, profile: {} } };
}

function isOpen(intent: Intent, policy: SignInPolicy, userId?: string): boolean {
  if (intent === 'ForgotPassword') return policy.signIn && policy.recovery.length > 0;
  // An account that was just created stays, even if registration was closed since.
  return intent === 'SignIn' ? policy.signIn : policy.register || userId !== undefined;
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
  const { answered: _, linking: __, ...rest } = state;
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
  return addProof(next, { type: 'proved', proof, account }, context);
}

type DeviceEvent = Extract<SignInEvent, { type: 'device-trusted' }>;

/** Adds details to the account of the identified user, or to the new one. */
function extend(state: SignInState, event: DetailEvent | DeviceEvent, { policy }: Context): Outcome {
  const { account } = event;
  if (state.intent === 'ForgotPassword' && event.type !== 'password-chosen')
    return { refused: 'session.not_supported_for_forgot_password' };
  if (!isOpen(state.intent, policy, state.userId)) return { refused: 'auth.forbidden' };
  if (state.intent !== 'Register' && state.userId === undefined) return { refused: 'session.identifier_not_found' };
  if (state.userId !== account?.id) return { refused: 'session.identity_conflict' };
  const prompt = strictPrompt(state, policy, account);
  // A first factor alone changes nothing of an account that has a second one.
  if (prompt.kind === 'show-factor') return refusalOf(prompt) as Refusal;
  if (event.type === 'device-trusted') return trustDevice(state, policy.secondFactors, account);
  return sso.refusalOfAddress(state, event, policy) ?? addDetail(state, event, prompt);
}

type Submitted = Extract<SignInEvent, { type: 'submitted' }>;

function submit(state: SignInState, { account: found, verdict }: Submitted, { policy }: Context): Outcome {
  const { userId } = state;
  const account = sso.withoutStrangers(state, found);
  if (userId === undefined) return refusalOf(promptFor(state, policy)) ?? { refused: 'session.identifier_not_found' };
  if (account?.id !== userId) return { refused: 'user.user_not_exist' };
  if (account.isSuspended) return { refused: 'user.suspended' };
  if (!isOpen(state.intent, policy, state.userId)) return { refused: 'auth.forbidden' };
  const refusal =
    refusalOf(promptFor(state, policy, account)) ??
    refusalOfLink(state, account) ??
    sso.refusalOfAdopted(state, account) ??
    refusalBy(verdict);
  if (refusal) return refusal;
  if (state.intent === 'ForgotPassword') return replacePassword(state, account, policy);
  const { identities: _, ...patch } = changedBy(verdict, state.profile);
  const { newFactors = [], choices } = state;
  // A registration has no sign-ins before it to differ from.
  const risks = state.intent === 'SignIn' ? account.risks : [];
  // After a company's provider no factor is owed here, unless the connector asks for it.
  const { secondFactors } = sso.policyAfterSso(policy, state, account);
  const device = deviceAtEnd(state, secondFactors, account);
  const effects: Effect[] = [
    ...reclaimAtEnd(state, secondFactors, account),
    ...sso.ssoAtEnd(state, account),
    ...linksAtEnd(state, account),
    ...(newFactors.length > 0 ? [{ type: 'add-factors' as const, userId, factors: newFactors }] : []),
    ...joined(state, account),
    ...(choices ? [{ type: 'keep-choices' as const, userId, choices }] : []),
    { type: 'finish', userId, amr: methodsOf(state), patch, risks, ...(device ? { device } : {}) },
  ];
  return { state, effects };
}

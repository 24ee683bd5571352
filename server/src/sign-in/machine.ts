/**
 * The sign-in machine: (state, event, context) → (state, effects, prompt). Pure: no I/O, clock or randomness. An event is a
 * fact that a factor has checked already; an effect is a wish that the service fulfils in the transaction that stores the
 * state; a prompt is what the person has to do next. `rules` below is the order of the flow.
 */
import type { ErrorCode } from '@aldaba/contract';
import { type Details, type MissingDetail, missingDetails, type SignInPolicy } from './policy.ts';
import {
  type Challenge,
  type ExtraProfile,
  type Intent,
  type PendingProfile,
  type Proof,
  type SignInState,
  type SocialIdentity,
  stateVersion,
} from './state.ts';

/** What the machine needs to know of the account that an event is about. */
export interface Account extends Details {
  id: string;
  isSuspended: boolean;
  /** Targets of the social identities it has. */
  targets: readonly string[];
}

/** What the operator's script said of a step. Absent where no script was asked. */
export type Verdict =
  | { kind: 'passed'; changes: ExtraProfile }
  | { kind: 'denied'; message?: string }
  | { kind: 'failed' };

export type SignInEvent =
  | { type: 'started'; intent: Intent }
  | { type: 'intent-changed'; intent: Intent }
  | { type: 'proved'; proof: Proof; renewedPassword?: string }
  | { type: 'challenged'; challenge: Challenge }
  /** The answer to a challenge was taken; with a proof if it was right. */
  | { type: 'answered'; challengeId: string; proof?: Proof }
  /** `account`: the one that the proof points at, if there is one. */
  | { type: 'identified'; proofId?: string; account?: Account; link?: boolean; verdict?: Verdict }
  | { type: 'created'; account: Account }
  | { type: 'username-chosen'; value: string; account?: Account; taken: boolean }
  | { type: 'password-chosen'; password: string; account?: Account }
  | { type: 'social-added'; proofId: string; account?: Account; inUse: boolean }
  | { type: 'profile-added'; profile: ExtraProfile; account?: Account }
  | { type: 'submitted'; account?: Account; verdict?: Verdict };

export type Effect =
  | { type: 'create-user'; profile: PendingProfile }
  | { type: 'update-user'; userId: string; patch: Omit<PendingProfile, 'identity'> }
  | { type: 'link-identity'; userId: string; identity: NonNullable<PendingProfile['identity']> }
  /** The sign-in is complete; `patch` is written to the account with the time of the sign-in. */
  | { type: 'finish'; userId: string; amr: string[]; patch: Omit<PendingProfile, 'identity'> };

export type Prompt =
  | { kind: 'sign-in'; reason: string }
  | { kind: 'register'; reason: string }
  /** `expired`: the one detail is a new password in place of the old. */
  | { kind: 'continue'; reason: string; missing: MissingDetail[]; expired?: true }
  | { kind: 'done'; reason: string };

export interface Context {
  policy: SignInPolicy;
  /** Milliseconds since the epoch. */
  now: number;
}

export interface Step {
  state: SignInState;
  effects: Effect[];
  prompt: Prompt;
}

/** The event was refused; nothing changes. */
export interface Refusal {
  refused: ErrorCode;
  data?: unknown;
}

type Outcome = { state: SignInState; effects?: Effect[] } | Refusal;

interface Situation {
  state: SignInState;
  policy: SignInPolicy;
  missing: MissingDetail[];
}
interface Rule {
  reason: string;
  applies(situation: Situation): boolean;
  prompt(situation: Situation, reason: string): Prompt;
}

/** The flow, in order: the first rule that applies says what the person does next. */
const rules: readonly Rule[] = [
  {
    reason: 'details are missing for the new account',
    applies: ({ state, missing }) => state.userId === undefined && hasBegunAccount(state) && missing.length > 0,
    prompt: ({ missing }, reason) => ({ kind: 'continue', reason, missing }),
  },
  {
    reason: 'nobody is identified, and a new account is wanted',
    applies: ({ state }) => state.userId === undefined && state.intent === 'Register',
    prompt: (_, reason) => ({ kind: 'register', reason }),
  },
  {
    reason: 'nobody is identified',
    applies: ({ state }) => state.userId === undefined,
    prompt: (_, reason) => ({ kind: 'sign-in', reason }),
  },
  {
    reason: 'the password that was used has expired',
    applies: ({ state }) => hasExpiredPassword(state) && state.profile.password === undefined,
    prompt: (_, reason) => ({ kind: 'continue', reason, missing: ['password'], expired: true }),
  },
  {
    reason: 'the account lacks required details',
    applies: ({ missing }) => missing.length > 0,
    prompt: ({ missing }, reason) => ({ kind: 'continue', reason, missing }),
  },
  { reason: 'everything required was proved', applies: () => true, prompt: (_, reason) => ({ kind: 'done', reason }) },
];

/** Whether the person was identified by a password whose time is over. */
const hasExpiredPassword = ({ proofs, userId }: SignInState): boolean =>
  proofs.some((proof) => proof.type === 'Password' && proof.used && proof.userId === userId && proof.expired === true);

const hasBegunAccount = ({ intent, profile }: SignInState) => intent === 'Register' && Object.keys(profile).length > 0;

/** What comes next. `account`: the identified one, for what it has already. */
export function promptFor(state: SignInState, policy: SignInPolicy, account?: Account): Prompt {
  const missing = missingDetails(policy, detailsOf(state, account), cameBySocial(state));
  const situation = { state, policy, missing };
  const rule = rules.find((candidate) => candidate.applies(situation)) as Rule;
  return rule.prompt(situation, rule.reason);
}

/** The refusal that stands for a prompt at a point where the sign-in ought to be complete. */
export function refusalOf(prompt: Prompt): Refusal | undefined {
  if (prompt.kind === 'done') return undefined;
  if (prompt.kind === 'continue' && prompt.expired) return { refused: 'password.expired' };
  if (prompt.kind === 'continue') return { refused: 'user.missing_profile', data: { missingProfile: prompt.missing } };
  return { refused: 'session.identifier_not_found' };
}

const detailsOf = ({ profile, proofs, userId, answered }: SignInState, account: Account | undefined) => ({
  username: account?.username === true || profile.username !== undefined,
  email: account?.email === true,
  phone: account?.phone === true,
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
      return addProof(state, event);
    case 'challenged':
      return { state: { ...state, challenges: [event.challenge] } };
    case 'answered':
      return answer(state, event);
    case 'identified':
      return identify(state, event, context);
    case 'created':
      return state.userId === undefined
        ? { state: { ...state, userId: event.account.id, profile: {} } }
        : { refused: 'session.identity_conflict' };
    case 'username-chosen':
    case 'password-chosen':
    case 'social-added':
    case 'profile-added':
      return addDetail(state, event, context);
    case 'submitted':
      return submit(state, event, context);
  }
}

function start(intent: Intent, { policy, now }: Context): Outcome {
  if (!isOpen(intent, policy)) return { refused: 'auth.forbidden' };
  return { state: { version: stateVersion, intent, startedAt: now, proofs: [], challenges: [], profile: {} } };
}

const isOpen = (intent: Intent, policy: SignInPolicy): boolean =>
  intent === 'SignIn' ? policy.signIn : intent === 'Register' && policy.register;

function changeIntent(state: SignInState, intent: Intent, { policy }: Context): Outcome {
  if ((intent === 'ForgotPassword') !== (state.intent === 'ForgotPassword')) {
    return { refused: 'session.not_supported_for_forgot_password' };
  }
  if (!isOpen(intent, policy)) return { refused: 'auth.forbidden' };
  if (intent === state.intent) return { state };
  // Whoever is identified stays: a change of intent never opens the way to another account.
  if (state.userId !== undefined) return { refused: 'auth.forbidden' };
  return { state: { ...state, intent, profile: {} } };
}

function addProof(state: SignInState, { proof, renewedPassword }: Extract<SignInEvent, { type: 'proved' }>): Outcome {
  const next = { ...state, proofs: [...state.proofs.filter(({ type }) => type !== proof.type), proof] };
  if (proof.type !== 'Password' || renewedPassword === undefined) return { state: next };
  return {
    state: next,
    effects: [{ type: 'update-user', userId: proof.userId, patch: { password: renewedPassword } }],
  };
}

function answer(state: SignInState, { challengeId, proof }: Extract<SignInEvent, { type: 'answered' }>): Outcome {
  if (!state.challenges.some(({ id }) => id === challengeId))
    return { refused: 'session.verification_session_not_found' };
  const next = { ...state, challenges: state.challenges.filter(({ id }) => id !== challengeId) };
  return proof ? addProof(next, { type: 'proved', proof }) : { state: next };
}

type Identified = Extract<SignInEvent, { type: 'identified' }>;

function identify(state: SignInState, event: Identified, context: Context): Outcome {
  const refusal = refusalBy(event.verdict);
  if (refusal) return refusal;
  if (!isOpen(state.intent, context.policy)) return { refused: 'auth.forbidden' };
  const proof = event.proofId === undefined ? undefined : state.proofs.find(({ id }) => id === event.proofId);
  if (event.proofId !== undefined && (!proof || proof.used))
    return { refused: 'session.verification_session_not_found' };
  return state.intent === 'Register' ? register(state, proof, event, context) : recognise(state, proof, event, context);
}

/** SignIn: the proof leads to an account. */
function recognise(state: SignInState, proof: Proof | undefined, event: Identified, { policy }: Context): Outcome {
  const { account } = event;
  if (!proof || proof.type === 'NewPasswordIdentity') return { refused: 'session.verification_failed' };
  if (proof.type === 'Password' && !policy.passwordIdentifiers.includes(proof.identifier.type)) {
    return { refused: 'user.sign_in_method_not_enabled' };
  }
  if (!account) {
    return proof.type === 'Social' ? linkToProved(state, proof, event) : { refused: 'user.user_not_exist' };
  }
  if (proof.type === 'Password' && proof.userId !== account.id) return { refused: 'session.verification_failed' };
  if (state.userId !== undefined && state.userId !== account.id) return { refused: 'session.identity_conflict' };
  if (account.isSuspended) return { refused: 'user.suspended' };
  const synced = proof.type === 'Social' && proof.syncProfile ? nameAndAvatar(proof.identity) : {};
  const profile = changedBy(event.verdict, { ...state.profile, ...synced });
  return { state: { ...use(state, proof), userId: account.id, profile } };
}

/** An operator's script has the last word: nothing that was proved outweighs its refusal. */
function refusalBy(verdict: Verdict | undefined): Refusal | undefined {
  if (verdict?.kind === 'denied') return { refused: 'action.access_denied', data: { message: verdict.message } };
  return verdict?.kind === 'failed' ? { refused: 'action.execution_failed' } : undefined;
}

function changedBy<Profile extends PendingProfile>(verdict: Verdict | undefined, profile: Profile): Profile {
  if (verdict?.kind !== 'passed') return profile;
  const { claims, customData, ...columns } = verdict.changes;
  return {
    ...profile,
    ...columns,
    ...(claims ? { claims: { ...profile.claims, ...claims } } : {}),
    ...(customData ? { customData: { ...profile.customData, ...customData } } : {}),
  };
}

/** An unknown social identity joins the account of somebody who was identified in this same sign-in: both sides are proved. */
function linkToProved(state: SignInState, proof: Extract<Proof, { type: 'Social' }>, event: Identified): Outcome {
  if (!event.link || state.userId === undefined) return { refused: 'user.identity_not_exist' };
  return { state: { ...use(state, proof), profile: { ...state.profile, identity: identityOf(proof) } } };
}

/** Register: the proof becomes an account, as soon as nothing required is missing. */
function register(state: SignInState, proof: Proof | undefined, event: Identified, context: Context): Outcome {
  if (state.userId !== undefined) return { refused: 'session.identity_conflict' };
  if (proof?.type === 'Password') return { refused: 'session.verification_failed' };
  if (proof?.type === 'NewPasswordIdentity' && !context.policy.registerWithUsername) {
    return { refused: 'user.sign_up_method_not_enabled' };
  }
  if (event.account) {
    return { refused: proof?.type === 'Social' ? 'user.identity_already_in_use' : 'user.username_already_in_use' };
  }
  const proved = proof ? { ...use(state, proof), profile: { ...state.profile, ...profileOf(proof) } } : state;
  const next = { ...proved, profile: changedBy(event.verdict, proved.profile) };
  if (next.profile.username === undefined && next.profile.identity === undefined) {
    return { refused: 'session.identifier_not_found' };
  }
  if (promptFor(next, context.policy).kind === 'continue') return { state: next };
  return { state: next, effects: [{ type: 'create-user', profile: next.profile }] };
}

const use = (state: SignInState, proof: Proof): SignInState => ({
  ...state,
  proofs: state.proofs.map((candidate) => (candidate.id === proof.id ? { ...candidate, used: true } : candidate)),
});

const nameAndAvatar = ({ name, avatar }: SocialIdentity): Pick<PendingProfile, 'name' | 'avatar'> => ({
  ...(name === undefined ? {} : { name }),
  ...(avatar === undefined ? {} : { avatar }),
});

const identityOf = ({ target, identity }: Extract<Proof, { type: 'Social' }>) => ({
  target,
  userId: identity.id,
  details: identity,
});

function profileOf(proof: Proof): PendingProfile {
  if (proof.type === 'NewPasswordIdentity') return { username: proof.identifier.value, password: proof.password };
  return proof.type === 'Social' ? { ...nameAndAvatar(proof.identity), identity: identityOf(proof) } : {};
}

type DetailEvent = Extract<
  SignInEvent,
  { type: 'username-chosen' | 'password-chosen' | 'social-added' | 'profile-added' }
>;

function addDetail(state: SignInState, event: DetailEvent, { policy }: Context): Outcome {
  const { account } = event;
  if (state.intent === 'ForgotPassword') return { refused: 'session.not_supported_for_forgot_password' };
  if (!isOpen(state.intent, policy)) return { refused: 'auth.forbidden' };
  if (state.intent === 'SignIn' && state.userId === undefined) return { refused: 'session.identifier_not_found' };
  if (state.userId !== account?.id) return { refused: 'session.identity_conflict' };
  const add = (detail: PendingProfile, from = state): Outcome => ({
    state: { ...from, profile: { ...from.profile, ...detail } },
  });
  if (event.type === 'username-chosen') {
    if (account?.username) return { refused: 'user.username_exists_in_profile' };
    return event.taken ? { refused: 'user.username_already_in_use' } : add({ username: event.value });
  }
  if (event.type === 'password-chosen') {
    return account?.password && !hasExpiredPassword(state)
      ? { refused: 'user.password_exists_in_profile' }
      : add({ password: event.password });
  }
  if (event.type === 'profile-added') {
    const { claims, customData } = state.profile;
    const merged = {
      ...event.profile,
      ...(event.profile.claims ? { claims: { ...claims, ...event.profile.claims } } : {}),
      ...(event.profile.customData ? { customData: { ...customData, ...event.profile.customData } } : {}),
    };
    return add(merged, { ...state, answered: true });
  }
  const proof = state.proofs.find(({ id }) => id === event.proofId);
  if (proof?.type !== 'Social' || proof.used) return { refused: 'session.verification_session_not_found' };
  if (event.inUse) return { refused: 'user.identity_already_in_use' };
  if (account?.targets.includes(proof.target)) return { refused: 'user.identity_exists_in_profile' };
  return add({ identity: identityOf(proof) }, use(state, proof));
}

type Submitted = Extract<SignInEvent, { type: 'submitted' }>;

function submit(state: SignInState, { account, verdict }: Submitted, { policy }: Context): Outcome {
  const { userId } = state;
  if (userId === undefined) return refusalOf(promptFor(state, policy)) ?? { refused: 'session.identifier_not_found' };
  if (account?.id !== userId) return { refused: 'user.user_not_exist' };
  if (account.isSuspended) return { refused: 'user.suspended' };
  const refusal = refusalOf(promptFor(state, policy, account)) ?? refusalBy(verdict);
  if (refusal) return refusal;
  const { identity, ...patch } = changedBy(verdict, state.profile);
  const link: Effect[] = identity ? [{ type: 'link-identity', userId, identity }] : [];
  return { state, effects: [...link, { type: 'finish', userId, amr: methodsOf(state), patch }] };
}

const methodsOf = ({ proofs }: SignInState): string[] => [
  ...new Set(proofs.filter((proof) => proof.used).map(({ type }) => (type === 'Social' ? 'social' : 'pwd'))),
];

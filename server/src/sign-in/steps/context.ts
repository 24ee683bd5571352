/** What the steps share: reading a sign-in and its account, and storing the events of a step. */
import type { SignInStepKey } from '@aldaba/contract';
import type { HeldDevices } from '../../features/people/trusted-devices/index.ts';
import type { User } from '../../features/people/users/index.ts';
import type { Cookie } from '../../http/cookies.ts';
import type { Request } from '../../http/types.ts';
import { AldabaError } from '../../kernel/errors.ts';
import { normalizeIdentifier } from '../../kernel/identifiers.ts';
import type { Tenant } from '../../tenancy/index.ts';
import type { Factors } from '../factors/index.ts';
import { promptFor } from '../machine/machine.ts';
import { resolvePolicy, type SignInPolicy } from '../machine/policy.ts';
import { readState, type SignInState } from '../machine/state.ts';
import type { Account, Prompt, SignInEvent } from '../machine/vocabulary.ts';
import type { AssertNotBlocked, SignInNeeds, SignInSettings } from '../needs.ts';
import type { Interaction } from '../port.ts';
import type { LimitCaptchas } from './captcha/limit.ts';

/** The sign-in that a request is about, with the settings that hold for it. */
export interface LoadedInteraction extends Interaction {
  settings: SignInSettings;
  policy: SignInPolicy;
  /** The trusted devices that the browser says it is. */
  devices: HeldDevices;
}

/** What a sign-in asks for now, and the user once one is identified. */
export interface Position {
  prompt: Prompt;
  identified?: Identified;
}
export interface Identified {
  prompt: Prompt;
  interaction: LoadedInteraction;
  state: SignInState;
  user: User;
  account: Account;
}

/** The result of a step. */
export interface StepResult {
  state: SignInState;
  prompt: Prompt;
  /** Set when the sign-in is complete: where the browser goes on. */
  redirectTo?: string | undefined;
  /** What the browser keeps then. */
  cookie?: Cookie | undefined;
}

/**
 * Takes the events of a step and stores the result.
 * @param complete completes the sign-in when nothing is missing any more; `account` is the identified one if it is
 *   known already
 */
export type Runner = (
  interaction: LoadedInteraction,
  events: readonly SignInEvent[],
  complete?: { account?: Account | undefined },
) => Promise<StepResult>;

/** A step in the audit log: its key after the intent, and its loggable data. */
export interface LoggedStep {
  key: SignInStepKey;
  params?: Record<string, unknown> | undefined;
}

/** What the steps need: the factors, and of the features what sign-in/index.ts hands on. */
export type StepNeeds = Pick<
  SignInNeeds,
  | 'port'
  | 'users'
  | 'applications'
  | 'applicationExperiences'
  | 'organizationJit'
  | 'secondFactors'
  | 'adaptiveMfa'
  | 'deviceTrust'
  | 'actions'
  | 'changes'
  | 'vault'
  | 'captchaProviders'
  | 'events'
  | 'logs'
  | 'connectors'
  | 'tokenSets'
  | 'ssoConnectors'
  | 'ssoLogout'
  | 'idpInitiated'
  | 'ssoIdentities'
  | 'userAssets'
  | 'pages'
  | 'clock'
  | 'log'
> & {
  factors: Factors;
  settings: (tenant: Tenant) => Promise<SignInSettings>;
  assertNotBlocked: AssertNotBlocked;
  limitCaptchas: LimitCaptchas;
};

export interface StepContext extends Reading {
  needs: StepNeeds;
  factors: Factors;
  accountFor: ReadAccount;
  take: Runner;
  /** Runs a check that a step depends on; logs its failure. */
  attempt: <T>(interaction: Interaction, step: LoggedStep, work: () => Promise<T>) => Promise<T>;
}

/** A user as an account of the machine: a new one, or one whose second factors are not needed. */
export const newAccount = (user: User): Account => ({
  id: user.id,
  isSuspended: user.isSuspended,
  username: user.username !== null,
  email: user.primaryEmail !== null,
  phone: user.primaryPhone !== null,
  password: user.hasPassword,
  social: Object.keys(user.identities).length > 0,
  identities: Object.fromEntries(Object.entries(user.identities).map(([target, { userId }]) => [target, userId])),
  addresses: [
    ...(user.primaryEmail === null ? [] : [normalizeIdentifier({ type: 'email' as const, value: user.primaryEmail })]),
    ...(user.primaryPhone === null ? [] : [normalizeIdentifier({ type: 'phone' as const, value: user.primaryPhone })]),
  ],
  risks: [],
  requiresSecondFactor: false,
});

/** The current facts about a user for the machine; second factors and risks only if the tenant uses them. */
export type ReadAccount = (interaction: LoadedInteraction, user: User | undefined) => Promise<Account | undefined>;

export const createReadAccount =
  ({
    secondFactors,
    adaptiveMfa,
    deviceTrust,
  }: Pick<StepNeeds, 'secondFactors' | 'adaptiveMfa' | 'deviceTrust'>): ReadAccount =>
  async ({ tenant, settings, policy, devices, requiresSecondFactor }, user) => {
    if (!user) return undefined;
    const { mfa, passkeySignIn, adaptiveMfa: adaptive } = settings;
    const asksFactors = mfa.factors.length > 0 || passkeySignIn.enabled;
    const [status, risks, trustedDevice] = await Promise.all([
      asksFactors ? secondFactors.statusOf(tenant.db, user.id) : undefined,
      adaptive.enabled ? adaptiveMfa.assess(tenant, user) : [],
      policy.secondFactors.trustedDays > 0 ? deviceTrust.find(tenant.db, devices, user.id) : undefined,
    ]);
    const found = status ? { secondFactors: status } : {};
    return { ...newAccount(user), ...found, risks, requiresSecondFactor, trustedDevice };
  };

export type Reading = ReturnType<typeof createReading>;

export function createReading({ port, users, clock, settings, deviceTrust }: StepNeeds, accountFor: ReadAccount) {
  /** The machine's state; undefined before the first step or when it is too old. */
  const findState = ({ state }: Pick<Interaction, 'state'>) => readState(state, clock.now());
  /** The same. @throws AldabaError `session.interaction_not_found` */
  const stateOf = (interaction: Pick<Interaction, 'state'>): SignInState => {
    const state = findState(interaction);
    if (!state) throw new AldabaError('session.interaction_not_found');
    return state;
  };
  const userOf = async ({ tenant }: Interaction, { userId }: SignInState) =>
    userId === undefined ? undefined : users.find(tenant.db, userId);
  return {
    /** The sign-in that the request is about; see `InteractionPort.load`. @throws AldabaError `session.not_found` */
    async open(request: Request, handle?: string): Promise<LoadedInteraction> {
      const interaction = await port.load(request, handle);
      if (!interaction) throw new AldabaError('session.not_found');
      const own = await settings(interaction.tenant);
      return { ...interaction, settings: own, policy: resolvePolicy(own), devices: deviceTrust.heldBy(request) };
    },
    findState,
    stateOf,
    /** The identified account, read from the database. @throws AldabaError as `stateOf` */
    accountOf: async (interaction: LoadedInteraction) =>
      accountFor(interaction, await userOf(interaction, stateOf(interaction))),
    /**
     * Where the sign-in is; one that was not begun, at its beginning.
     * @throws AldabaError as `stateOf`, `user.user_not_exist` for a user who was deleted while the sign-in waited
     */
    async positionOf(interaction: LoadedInteraction): Promise<Position> {
      if (interaction.state === null) return { prompt: { kind: 'sign-in', reason: 'nothing was done yet' } };
      const state = stateOf(interaction);
      const user = await userOf(interaction, state);
      if (state.userId !== undefined && !user) throw new AldabaError('user.user_not_exist');
      const account = await accountFor(interaction, user);
      const prompt = promptFor(state, interaction.policy, account);
      if (!user || !account) return { prompt };
      return { prompt, identified: { prompt, interaction, state, user, account } };
    },
  };
}

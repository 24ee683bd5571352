/** What the steps share: reading a sign-in and its account, and storing the events of a step. */
import type { SignInExperienceSettings } from '@aldaba/contract';
import type { User } from '../../features/people/users/index.ts';
import type { Request } from '../../http/types.ts';
import { AldabaError } from '../../kernel/errors.ts';
import { normalizeIdentifier } from '../../kernel/identifiers.ts';
import type { Tenant } from '../../tenancy/index.ts';
import type { Factors } from '../factors/index.ts';
import { promptFor } from '../machine/machine.ts';
import { resolvePolicy } from '../machine/policy.ts';
import { readState, type SignInState } from '../machine/state.ts';
import type { Account, Prompt, SignInEvent } from '../machine/vocabulary.ts';
import type { AssertNotBlocked, SignInNeeds, SignInSettings } from '../needs.ts';
import type { Interaction } from '../port.ts';
import type { SignInAudit } from './audit.ts';
import type { Runner, RunOptions, StepResult } from './run.ts';

export interface Accounts {
  /** The current facts about a user for the machine; second factors and risks only if the tenant uses them. */
  of: (
    interaction: Pick<Interaction, 'tenant' | 'requiresSecondFactor'>,
    settings: SignInExperienceSettings,
    user: User,
  ) => Promise<Account>;
}

export function createAccounts({
  secondFactors,
  adaptiveMfa,
}: Pick<SignInNeeds, 'secondFactors' | 'adaptiveMfa'>): Accounts {
  return {
    async of({ tenant, requiresSecondFactor }, settings, user) {
      const [status, risks] = await Promise.all([
        settings.mfa.factors.length > 0 ? secondFactors.statusOf(tenant.db, user.id) : undefined,
        settings.adaptiveMfa.enabled ? adaptiveMfa.assess(tenant, user) : [],
      ]);
      return { ...accountOf(user), ...(status ? { secondFactors: status } : {}), risks, requiresSecondFactor };
    },
  };
}

/** A user as an account of the machine: a new one, or one whose second factors are not needed. */
export const accountOf = (user: User): Account => ({
  id: user.id,
  isSuspended: user.isSuspended,
  username: user.username !== null,
  email: user.primaryEmail !== null,
  phone: user.primaryPhone !== null,
  password: user.hasPassword,
  social: Object.keys(user.identities).length > 0,
  targets: Object.keys(user.identities),
  addresses: [
    ...(user.primaryEmail === null ? [] : [normalizeIdentifier({ type: 'email' as const, value: user.primaryEmail })]),
    ...(user.primaryPhone === null ? [] : [normalizeIdentifier({ type: 'phone' as const, value: user.primaryPhone })]),
  ],
  risks: [],
  requiresSecondFactor: false,
});

/** What a sign-in asks for now, and the user once one is identified. */
export interface Position {
  prompt: Prompt;
  identified?: Identified;
}
export interface Identified extends Position {
  interaction: Interaction;
  state: SignInState;
  settings: SignInSettings;
  user: User;
  account: Account;
}

export interface Reading {
  /** The sign-in that the request is about; see `InteractionPort.load`. @throws AldabaError `session.not_found` */
  open: (request: Request, handle?: string) => Promise<Interaction>;
  /** How users sign in to the tenant, and what its sign-up asks for. */
  settings: (tenant: Tenant) => Promise<SignInSettings>;
  /** The machine's state; undefined before the first step or when it is too old. */
  findState: (interaction: Interaction) => SignInState | undefined;
  /** The same. @throws AldabaError `session.interaction_not_found` */
  stateOf: (interaction: Interaction) => SignInState;
  /** The identified account, read from the database. */
  accountOf: (interaction: Interaction, state: SignInState) => Promise<Account | undefined>;
  /**
   * Where the sign-in is; one that was not begun, at its beginning.
   * @throws AldabaError `user.user_not_exist` for a user who was deleted while the sign-in waited
   */
  positionOf: (interaction: Interaction) => Promise<Position>;
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
  | 'actions'
  | 'events'
  | 'logs'
  | 'connectors'
  | 'pages'
  | 'clock'
  | 'log'
> & {
  factors: Factors;
  settings: Reading['settings'];
  assertNotBlocked: AssertNotBlocked;
};

export interface StepContext extends Reading, Pick<StepNeeds, 'assertNotBlocked'> {
  needs: Omit<StepNeeds, 'factors'>;
  factors: Factors;
  accounts: Accounts;
  audit: SignInAudit;
  run: Runner;
  /** Stores the events of a step. */
  take: (
    interaction: Interaction,
    events: readonly SignInEvent[],
    options?: Partial<Pick<RunOptions, 'settings' | 'complete'>>,
  ) => Promise<StepResult>;
}

/** The members of an event that name the account, if there is one. */
export const about = (account: Account | undefined): { account?: Account } => (account ? { account } : {});

export function createReading(
  needs: Pick<StepNeeds, 'port' | 'users' | 'clock' | 'settings'>,
  accounts: Accounts,
): Reading {
  const { settings } = needs;
  const findState: Reading['findState'] = ({ state }) => readState(state, needs.clock.now());
  const stateOf: Reading['stateOf'] = (interaction) => {
    const state = findState(interaction);
    if (!state) throw new AldabaError('session.interaction_not_found');
    return state;
  };
  const accountOf: Reading['accountOf'] = async (interaction, { userId }) => {
    const { tenant } = interaction;
    const user = userId === undefined ? undefined : await needs.users.find(tenant.db, userId);
    return user && accounts.of(interaction, await settings(tenant), user);
  };
  return {
    async open(request, handle) {
      const interaction = await needs.port.load(request, handle);
      if (!interaction) throw new AldabaError('session.not_found');
      return interaction;
    },
    settings,
    findState,
    stateOf,
    accountOf,
    async positionOf(interaction) {
      if (interaction.state === null) return { prompt: { kind: 'sign-in', reason: 'nothing was done yet' } };
      const state = stateOf(interaction);
      const { tenant } = interaction;
      const [own, user] = await Promise.all([
        settings(tenant),
        state.userId === undefined ? undefined : needs.users.find(tenant.db, state.userId),
      ]);
      if (state.userId !== undefined && !user) throw new AldabaError('user.user_not_exist');
      const account = user && (await accounts.of(interaction, own, user));
      const prompt = promptFor(state, resolvePolicy(own), account);
      if (!user || !account) return { prompt };
      return { prompt, identified: { prompt, interaction, state, settings: own, user, account } };
    },
  };
}

/** What the steps share: reading a sign-in, and storing the events of a step. */
import type { Request } from '../../http/types.ts';
import { AldabaError } from '../../kernel/errors.ts';
import type { Tenant } from '../../tenancy/index.ts';
import type { Factors } from '../factors/index.ts';
import { promptFor } from '../machine/machine.ts';
import { resolvePolicy } from '../machine/policy.ts';
import { readState, type SignInState } from '../machine/state.ts';
import type { Account, Prompt, SignInEvent } from '../machine/vocabulary.ts';
import type { SignInNeeds, SignInSettings } from '../needs.ts';
import type { Interaction } from '../port.ts';
import type { Accounts } from './accounts.ts';
import type { SignInAudit } from './audit.ts';
import type { Runner, RunOptions, StepResult } from './run.ts';

export interface Reading {
  /** The sign-in that the request is about; see `InteractionPort.load`. @throws AldabaError `session.not_found` */
  open(request: Request, handle?: string): Promise<Interaction>;
  /** How users sign in to the tenant, and what its sign-up asks for. */
  settings(tenant: Tenant): Promise<SignInSettings>;
  /** The machine's state; undefined before the first step or when it is too old. */
  findState(interaction: Interaction): SignInState | undefined;
  /** The same. @throws AldabaError `session.interaction_not_found` */
  stateOf(interaction: Interaction): SignInState;
  /** The identified account, read from the database. */
  accountOf(interaction: Interaction, state: SignInState): Promise<Account | undefined>;
  /**
   * What the sign-in asks for; one that was not begun, at its beginning.
   * @throws AldabaError `user.user_not_exist` for a user who was deleted while the sign-in waited
   */
  promptOf(interaction: Interaction): Promise<Prompt>;
}

export interface StepContext extends Reading {
  needs: SignInNeeds;
  factors: Factors;
  accounts: Accounts;
  audit: SignInAudit;
  run: Runner;
  /** Stores the events of a step. */
  take(
    interaction: Interaction,
    events: readonly SignInEvent[],
    options?: Partial<Pick<RunOptions, 'settings' | 'complete'>>,
  ): Promise<StepResult>;
}

/** The members of an event that name the account, if there is one. */
export const about = (account: Account | undefined): { account?: Account } => (account ? { account } : {});

export function createReading(
  needs: Pick<SignInNeeds, 'port' | 'users' | 'clock'>,
  { accounts, settings }: { accounts: Accounts; settings: Reading['settings'] },
): Reading {
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
    async promptOf(interaction) {
      if (interaction.state === null) return { kind: 'sign-in', reason: 'nothing was done yet' };
      const state = stateOf(interaction);
      const policy = resolvePolicy(await settings(interaction.tenant));
      const account = await accountOf(interaction, state);
      if (state.userId !== undefined && !account) throw new AldabaError('user.user_not_exist');
      return promptFor(state, policy, account);
    },
  };
}

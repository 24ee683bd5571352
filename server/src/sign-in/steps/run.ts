import type { ErrorWithData, SignInContext } from '@aldaba/contract';
import type { Client } from '../../features/applications/applications/index.ts';
import type { User } from '../../features/people/users/index.ts';
import { AldabaError } from '../../kernel/errors.ts';
import { currentOrigin, withSignIn } from '../../kernel/origin.ts';
import type { Transaction } from '../../store/index.ts';
import type { PasswordFactor } from '../factors/password/index.ts';
import { promptFor } from '../machine/machine.ts';
import { resolvePolicy } from '../machine/policy.ts';
import { createProgress } from '../machine/progress.ts';
import { type Intent, type PendingProfile, readState, type SignInState } from '../machine/state.ts';
import type { Account, Effect, Prompt, Refusal, SignInEvent } from '../machine/vocabulary.ts';
import type { AssertNotBlocked, SignInNeeds, SignInSettings } from '../needs.ts';
import type { Interaction } from '../port.ts';
import { describeSubmission } from './submission.ts';

/** The result of a step. */
export interface StepResult {
  state: SignInState;
  prompt: Prompt;
  /** Set when the sign-in is complete: where the browser goes on. */
  redirectTo?: string | undefined;
}

export interface RunOptions {
  settings: SignInSettings;
  /** Completes the sign-in when nothing is missing any more; `account` is the identified one if it is known already. */
  complete?: { account?: Account | undefined };
}

export type Runner = (
  interaction: Interaction,
  events: readonly SignInEvent[],
  options: RunOptions,
) => Promise<StepResult>;

type Needs = Pick<
  SignInNeeds,
  'port' | 'users' | 'organizationJit' | 'secondFactors' | 'adaptiveMfa' | 'clock' | 'events' | 'applications'
> & {
  assertNotBlocked: AssertNotBlocked;
  /** A user that was just created. */
  accountOf: (user: User) => Account;
  password: Pick<PasswordFactor, 'open'>;
};

/**
 * Runs facts through the machine and stores the result: the effects and the new state in one transaction, or the state
 * alone in one statement when there are no effects. Nothing is stored when the machine refuses.
 */
export function createRunner(needs: Needs): Runner {
  return async (interaction, events, { settings, complete }) => {
    const { tenant } = interaction;
    const now = needs.clock.now();
    const policy = resolvePolicy(settings);
    const start = () => {
      const progress = createProgress(readState(interaction.state, now), { policy, now }, refuse);
      const prompt = (account: Account | undefined) => progress.prompt ?? promptFor(progress.state, policy, account);
      const completion = (account: Account | undefined): SignInEvent[] =>
        complete && prompt(account).kind === 'done' ? [{ type: 'submitted', ...(account ? { account } : {}) }] : [];
      let rest = progress.take(events);
      if (rest.length === 0) rest = progress.take(completion(complete?.account));
      return { progress, prompt, completion, rest };
    };
    const { progress, prompt } = start();
    // A sign-in code may prove an address that must not register: reported before other details are asked for.
    const { email: value } = progress.state.profile;
    if (value !== undefined) await needs.assertNotBlocked(settings, { type: 'email', value });
    if (progress.effects.length === 0) {
      await needs.port.save(tenant.db, interaction, progress.state);
      return { state: progress.state, prompt: prompt(complete?.account) };
    }
    // Looked up before the transaction, which must not wait for a second connection.
    const client = await needs.applications.findClient(tenant, interaction.applicationId);
    const context = contextOf(interaction, progress.state.intent, client);
    const inTransaction = async (tx: Transaction) => {
      const executor = createExecutor(needs, interaction, { tx, context, settings });
      // From the start again: the transaction may be repeated, and a run is used up by its effects.
      const run = start();
      const { effects } = run.progress;
      let account = complete?.account;
      for (let rest = run.rest; ; ) {
        const created = await executor.execute(effects.splice(0), run.progress.state);
        if (!created) break;
        account = needs.accountOf(created);
        rest = run.progress.take([{ type: 'created', account }, ...rest]);
        if (rest.length === 0) run.progress.take(run.completion(account));
      }
      if (executor.redirectTo === undefined) await needs.port.save(tx, interaction, run.progress.state);
      return {
        state: run.progress.state,
        prompt: run.prompt(account),
        redirectTo: executor.redirectTo,
      };
    };
    return withSignIn(context, () => tenant.db.transaction(inTransaction));
  };
}

/** @throws AldabaError the error of a refusal */
export function refuse({ refused, data }: Refusal): never {
  // The machine's types tie the data to the code; taken apart they no longer show it.
  throw AldabaError.of({ code: refused, data } as ErrorWithData);
}

/** The data about the sign-in for webhook payloads and operators' scripts. */
export function contextOf(
  { uidHash }: Interaction,
  interactionEvent: Intent,
  client: Client | undefined,
): SignInContext {
  return {
    interactionEvent,
    sessionId: uidHash,
    ...(client
      ? {
          application: { id: client.id, type: client.type, name: client.name, description: client.description ?? null },
        }
      : {}),
  };
}

/** Executes the machine's effects inside the transaction. */
function createExecutor(
  needs: Needs,
  interaction: Interaction,
  { tx, context, settings }: { tx: Transaction; context: SignInContext; settings: SignInSettings },
) {
  const { users, port, clock, password, events } = needs;
  const columnsOf = ({ password: sealed, username, name, avatar, email, phone }: PendingProfile) => ({
    username,
    name,
    avatar,
    ...(email === undefined ? {} : { primaryEmail: email, isEmailVerified: true }),
    primaryPhone: phone,
    password: sealed === undefined ? undefined : password.open(interaction.tenant, sealed),
  });
  const identityOf = (identity: NonNullable<PendingProfile['identity']>) => ({
    userId: identity.userId,
    details: { ...identity.details },
  });
  const executor = {
    redirectTo: undefined as string | undefined,
    /** Returns the user that was created, if one was; no effect follows a creation. */
    async execute(effects: readonly Effect[], state: SignInState): Promise<User | undefined> {
      for (const effect of effects) {
        switch (effect.type) {
          case 'create-user': {
            const { identity, claims, customData } = effect.profile;
            return users.create(tx, {
              ...columnsOf(effect.profile),
              ...(claims ? { profile: claims } : {}),
              ...(customData ? { customData } : {}),
              ...(identity ? { identity: { target: identity.target, ...identityOf(identity) } } : {}),
              applicationId: interaction.applicationId,
            });
          }
          case 'update-user':
            await users.update(tx, effect.userId, columnsOf(effect.patch));
            break;
          case 'link-identity':
            // The user did not agree to replace an identity: the transaction is rolled back.
            if (!(await users.linkIdentity(tx, effect.userId, effect.identity.target, identityOf(effect.identity)))) {
              throw new AldabaError('user.identity_exists_in_profile');
            }
            break;
          case 'join-organizations':
            await needs.organizationJit.join(tx, effect.userId, effect.organizationIds);
            break;
          case 'add-factors':
            await needs.secondFactors.bind(tx, effect.userId, effect.factors);
            break;
          case 'keep-choices': {
            const { suggestionSkipped: additionalBindingSuggestionSkipped, ...mfa } = effect.choices;
            await users.updateLogtoConfig(tx, effect.userId, { mfa: { ...mfa, additionalBindingSuggestionSkipped } });
            break;
          }
          case 'reset-password': {
            const user = await users.resetPassword(
              tx,
              effect.userId,
              password.open(interaction.tenant, effect.password),
            );
            if (user.isSuspended) throw new AldabaError('user.suspended');
            await events.publish(tx, 'PostResetPassword', { ...context, userId: user.id, user });
            break;
          }
          case 'finish':
            executor.redirectTo = await finish(effect, state);
        }
      }
      return undefined;
    },
  };
  const finish = async (
    { userId, patch, amr, risks }: Extract<Effect, { type: 'finish' }>,
    state: SignInState,
  ): Promise<string> => {
    const authenticatedAt = new Date(clock.now());
    const { claims, customData } = patch;
    if (claims) await users.merge(tx, userId, { profile: claims });
    if (customData) await users.merge(tx, userId, { customData });
    // A sign-in that waited while its password was replaced does not complete.
    const shown = state.proofs.find((proof) => proof.type === 'Password' && proof.used);
    const user = await users.update(
      tx,
      userId,
      { ...columnsOf(patch), lastSignInAt: authenticatedAt },
      shown?.type === 'Password' ? { passwordHash: shown.passwordHash } : undefined,
    );
    // The user may have been suspended since the page was opened: the row just written decides.
    if (user.isSuspended) throw new AldabaError('user.suspended');
    const submission = describeSubmission(userId, state, currentOrigin()?.place);
    const { redirectTo } = await port.finish(tx, interaction, { userId, amr, authenticatedAt, submission });
    if (settings.adaptiveMfa.enabled) await needs.adaptiveMfa.record(tx, userId, authenticatedAt.getTime());
    const told = { ...context, userId: user.id, user };
    await events.publish(tx, state.intent === 'Register' ? 'PostRegister' : 'PostSignIn', told);
    if (risks.length > 0) {
      const adaptiveMfaResult = { requiresMfa: true, triggeredRules: risks } as const;
      await events.publish(tx, 'PostSignInAdaptiveMfaTriggered', { ...told, adaptiveMfaResult });
    }
    return redirectTo;
  };
  return executor;
}

import type { ErrorWithData, SignInContext } from '@aldaba/contract';
import type { Client } from '../../features/applications/applications/index.ts';
import type { User } from '../../features/people/users/index.ts';
import type { Cookie } from '../../http/cookies.ts';
import { AldabaError } from '../../kernel/errors.ts';
import { currentOrigin, withSignIn } from '../../kernel/origin.ts';
import type { Transaction } from '../../store/index.ts';
import { keepTokens } from '../factors/social/tokens.ts';
import { promptFor } from '../machine/machine.ts';
import { createProgress, type Progress } from '../machine/progress.ts';
import { type Intent, type PendingProfile, readState, type SignInState } from '../machine/state.ts';
import type { Account, Effect, Refusal, SignInEvent } from '../machine/vocabulary.ts';
import type { Interaction } from '../port.ts';
import { type LoadedInteraction, newAccount, type Runner, type StepNeeds } from './context.ts';
import { executeSso } from './enterprise-sso/account.ts';
import { executeLink } from './linking/index.ts';
import { describeSubmission } from './submission.ts';
import { settleDevice } from './trusted-device/index.ts';

/** The machine at the stored state. */
export const progressOf = ({ state, policy }: LoadedInteraction, now: number): Progress =>
  createProgress(readState(state, now), { policy, now }, refuse);

/**
 * Runs facts through the machine and stores the result: the effects and the new state in one transaction, or the state
 * alone in one statement when there are no effects. Nothing is stored when the machine refuses.
 */
export function createRunner(needs: StepNeeds): Runner {
  return async (interaction, events, complete) => {
    const { tenant, settings, policy } = interaction;
    const now = needs.clock.now();
    const start = () => {
      const progress = progressOf(interaction, now);
      const prompt = (account: Account | undefined) => progress.prompt ?? promptFor(progress.state, policy, account);
      const completion = (account: Account | undefined): SignInEvent[] =>
        complete && prompt(account).kind === 'done' ? [{ type: 'submitted', account }] : [];
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
      const executor = createExecutor(needs, interaction, { tx, context });
      // From the start again: the transaction may be repeated, and a run is used up by its effects.
      const run = start();
      const { effects } = run.progress;
      let account = complete?.account;
      for (let rest = run.rest; ; ) {
        const created = await executor.execute(effects.splice(0), run.progress.state);
        if (!created) break;
        account = newAccount(created);
        rest = run.progress.take([{ type: 'created', account }, ...rest]);
        if (rest.length === 0) run.progress.take(run.completion(account));
      }
      if (executor.redirectTo === undefined) await needs.port.save(tx, interaction, run.progress.state);
      const { redirectTo, cookie } = executor;
      return { state: run.progress.state, prompt: run.prompt(account), redirectTo, cookie };
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
  needs: StepNeeds,
  interaction: LoadedInteraction,
  { tx, context }: { tx: Transaction; context: SignInContext },
) {
  const { users, port, clock, events, factors } = needs;
  const digestOf = (sealed: string) => factors.password.open(interaction.tenant, sealed);
  const columnsOf = ({ password: sealed, username, name, avatar, email, phone }: PendingProfile) => ({
    username,
    name,
    avatar,
    ...(email === undefined ? {} : { primaryEmail: email, isEmailVerified: true }),
    primaryPhone: phone,
    password: sealed === undefined ? undefined : digestOf(sealed),
  });
  const executor = {
    redirectTo: undefined as string | undefined,
    /** What the browser keeps. */
    cookie: undefined as Cookie | undefined,
    /** Returns the user that was created, if one was; no effect follows a creation. */
    async execute(effects: readonly Effect[], state: SignInState): Promise<User | undefined> {
      for (const effect of effects) {
        switch (effect.type) {
          case 'create-user': {
            const { identities = [], claims, customData, avatar } = effect.profile;
            const created = await users.create(tx, {
              ...columnsOf(effect.profile),
              ...(claims ? { profile: claims } : {}),
              ...(customData ? { customData } : {}),
              identities: identities.map((identity) => ({ ...identity, details: { ...identity.details } })),
              applicationId: interaction.applicationId,
            });
            if (avatar !== undefined) await needs.userAssets.claimPictures(tx, interaction.uidHash, created.id);
            return created;
          }
          case 'update-user':
            // Written when a password is hashed in another way, after it was verified.
            await users.update(tx, effect.userId, { ...columnsOf(effect.patch), isPasswordRenewed: true });
            break;
          case 'enter-sso':
            await executeSso(needs, tx, interaction, effect);
            break;
          case 'reclaim-account':
          case 'verify-email':
          case 'link-identity':
            await executeLink(needs, tx, interaction, effect);
            break;
          case 'join-organizations':
            await needs.organizationJit.join(tx, effect.userId, effect.organizationIds);
            break;
          case 'add-factors':
            await needs.secondFactors.bind(tx, effect.userId, effect.factors);
            break;
          case 'keep-choices': {
            const { suggestionSkipped: additionalBindingSuggestionSkipped, passkeySkipped, ...mfa } = effect.choices;
            await users.updateLogtoConfig(tx, effect.userId, {
              mfa: { ...mfa, additionalBindingSuggestionSkipped },
              passkeySignIn: { skipped: passkeySkipped },
            });
            break;
          }
          case 'reset-password': {
            const user = await users.resetPassword(tx, effect.userId, digestOf(effect.password));
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
    { userId, patch, amr, risks, device }: Extract<Effect, { type: 'finish' }>,
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
    for (const proof of state.proofs)
      if (proof.type === 'Social' && proof.used) await keepTokens(needs, tx, userId, proof);
    if (device) executor.cookie = await settleDevice(needs, tx, interaction, { userId, device });
    if (interaction.settings.adaptiveMfa.enabled) await needs.adaptiveMfa.record(tx, userId, authenticatedAt.getTime());
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

import type { ActionType } from '@aldaba/contract';
import type { Verdict as Answer } from '../../features/operator-scripts/actions/index.ts';
import { currentOrigin } from '../../kernel/origin.ts';
import { promptFor } from '../machine/machine.ts';
import type { ExtraProfile, SignInState } from '../machine/state.ts';
import type { SignInEvent, Verdict } from '../machine/vocabulary.ts';
import type { LoadedInteraction, ReadAccount, Runner, StepNeeds } from './context.ts';
import { contextOf, progressOf } from './run.ts';
import { describeProof } from './submission.ts';

/**
 * Asks the operator's scripts at their two moments, outside of any transaction, and hands what they said to the machine
 * as part of the event. Pages and Experience API both run this, so neither can bypass a script. A script runs only for
 * a step that the machine would accept, not for a wrong password or a suspended account.
 */
export function withActions(run: Runner, needs: StepNeeds, accountFor: ReadAccount): Runner {
  const { actions, users } = needs;
  const asking = createAsking(needs);
  return async (interaction, given, complete) => {
    const { tenant, policy } = interaction;
    const events = await asking.atFirstFactor(interaction, given);
    const isSubmission = events.at(-1)?.type === 'submitted';
    if ((!complete && !isSubmission) || !(await actions.isAsked(tenant, 'action.postSignIn')))
      return run(interaction, events, complete);
    if (isSubmission) return run(interaction, await asking.atSubmission(interaction, events));
    // A page's step that may complete the sign-in becomes two: the script sees the account as it is, created if need
    // be.
    const result = await run(interaction, events);
    const { userId } = result.state;
    const account = userId && (await accountFor(interaction, await users.find(tenant.db, userId)));
    if (!account) return result;
    const prompt = promptFor(result.state, policy, account);
    if (prompt.kind !== 'done') return { ...result, prompt };
    return run(interaction, await asking.atSubmission(interaction, [{ type: 'submitted', account }]));
  };
}

function createAsking({ actions, clock, users, applications, secondFactors }: StepNeeds) {
  const ask = async (
    type: ActionType,
    interaction: LoadedInteraction,
    { state, userId }: { state: SignInState; userId: string | undefined },
  ): Promise<Verdict> => {
    const { tenant, applicationId, uidHash: sessionId } = interaction;
    const [user, factors, client] = await Promise.all([
      userId === undefined ? undefined : users.find(tenant.db, userId),
      userId === undefined ? undefined : secondFactors.statusOf(tenant.db, userId),
      applications.findClient(tenant, applicationId),
    ]);
    const origin = currentOrigin();
    const event = {
      type,
      ...contextOf(interaction, state.intent, client),
      user: user ? { ...user, mfaVerificationFactors: kindsOf(factors) } : null,
      verifications: state.proofs.filter(({ used }) => used).map(describeProof),
      ip: origin?.ip ?? null,
      userAgent: origin?.userAgent ?? null,
    };
    return verdictOf(await actions.run(tenant, type, { event, about: { userId, applicationId, sessionId } }));
  };
  return {
    async atFirstFactor(
      interaction: LoadedInteraction,
      events: readonly SignInEvent[],
    ): Promise<readonly SignInEvent[]> {
      const type = 'action.postFirstFactorVerification';
      const at = events.findIndex((event) => event.type === 'identified');
      const event = events[at];
      if (event?.type !== 'identified' || !(await actions.isAsked(interaction.tenant, type))) return events;
      const progress = progressOf(interaction, clock.now());
      progress.take(events.slice(0, at));
      // Scripts run at sign-ins only: not for proofs of an identified user, and not for a password reset.
      if (progress.state.userId !== undefined || progress.state.intent === 'ForgotPassword') return events;
      progress.take([event]);
      const verdict = await ask(type, interaction, { state: progress.state, userId: progress.state.userId });
      return events.with(at, { ...event, verdict });
    },
    /** @param events the last of them is the submission */
    async atSubmission(
      interaction: LoadedInteraction,
      events: readonly SignInEvent[],
    ): Promise<readonly SignInEvent[]> {
      const progress = progressOf(interaction, clock.now());
      progress.take(events);
      const { state } = progress;
      if (state.intent === 'ForgotPassword') return events;
      const verdict = await ask('action.postSignIn', interaction, { state, userId: state.userId });
      return events.map((event) => (event.type === 'submitted' ? { ...event, verdict } : event));
    },
  };
}

/** The kinds of second factors that a user has, for scripts of custom claims. */
const kindsOf = (status: { factors: readonly { type: string }[] } | undefined): string[] =>
  [...new Set(status?.factors.map(({ type }) => type))].sort();

function verdictOf(answer: Answer): Verdict {
  if (answer.kind === 'failed') return { kind: 'failed' };
  if (answer.kind === 'denied') return answer;
  const { profile: claims, ...changes } = answer.changes ?? {};
  // Read from JSON: what the script left out is absent, not undefined.
  return { kind: 'passed', changes: { ...changes, ...(claims ? { claims } : {}) } as ExtraProfile };
}

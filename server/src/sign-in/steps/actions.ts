import type { ActionType } from '@aldaba/contract';
import type { Verdict as Answer } from '../../features/operator-scripts/actions/index.ts';
import { currentOrigin } from '../../kernel/origin.ts';
import { promptFor } from '../machine/machine.ts';
import { resolvePolicy } from '../machine/policy.ts';
import { createProgress, type Progress } from '../machine/progress.ts';
import { readState, type SignInState } from '../machine/state.ts';
import type { SignInEvent, Verdict } from '../machine/vocabulary.ts';
import type { SignInNeeds, SignInSettings } from '../needs.ts';
import type { Interaction } from '../port.ts';
import type { Accounts } from './context.ts';
import { contextOf, type Runner, refuse } from './run.ts';
import { describeProof } from './submission.ts';

type Needs = Pick<SignInNeeds, 'users' | 'clock' | 'applications' | 'actions' | 'secondFactors'> & {
  accounts: Accounts;
};

/**
 * Asks the operator's scripts at their two moments, outside of any transaction, and hands what they said to the machine
 * as part of the event. Pages and Experience API both run this, so neither can bypass a script. A script runs only for
 * a step that the machine would accept, not for a wrong password or a suspended account.
 */
export function withActions(run: Runner, needs: Needs): Runner {
  const asking = createAsking(needs);
  return async (interaction, given, options) => {
    const { complete, ...stepping } = options;
    const events = await asking.atFirstFactor(interaction, given, options.settings);
    const last = events.at(-1);
    if (!complete && last?.type !== 'submitted') return run(interaction, events, options);
    if (!(await needs.actions.isAsked(interaction.tenant, 'action.postSignIn')))
      return run(interaction, events, options);
    if (last?.type === 'submitted') {
      return run(interaction, await asking.atSubmission(interaction, events, options.settings), stepping);
    }
    // A page's step that may complete the sign-in becomes two: the script sees the account as it is, created if need
    // be.
    const result = await run(interaction, events, stepping);
    const { userId } = result.state;
    const user = userId === undefined ? undefined : await needs.users.find(interaction.tenant.db, userId);
    if (!user) return result;
    const account = await needs.accounts.of(interaction, options.settings, user);
    const prompt = promptFor(result.state, resolvePolicy(options.settings), account);
    if (prompt.kind !== 'done') return { ...result, prompt };
    const submission: SignInEvent[] = [{ type: 'submitted', account }];
    return run(interaction, await asking.atSubmission(interaction, submission, options.settings), stepping);
  };
}

function createAsking(needs: Needs) {
  const { actions, clock, users, applications, secondFactors } = needs;
  const begin = (interaction: Interaction, settings: SignInSettings): Progress => {
    const now = clock.now();
    return createProgress(readState(interaction.state, now), { policy: resolvePolicy(settings), now }, refuse);
  };
  const ask = async (
    type: ActionType,
    interaction: Interaction,
    about: { state: SignInState; userId: string | undefined },
  ): Promise<Verdict> => {
    const { tenant, applicationId, uidHash } = interaction;
    const { state, userId } = about;
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
    return verdictOf(await actions.run(tenant, type, { event, about: { userId, applicationId, sessionId: uidHash } }));
  };
  return {
    async atFirstFactor(
      interaction: Interaction,
      events: readonly SignInEvent[],
      settings: SignInSettings,
    ): Promise<readonly SignInEvent[]> {
      const type = 'action.postFirstFactorVerification';
      const at = events.findIndex((event) => event.type === 'identified');
      const event = events[at];
      if (event?.type !== 'identified' || !(await actions.isAsked(interaction.tenant, type))) return events;
      const progress = begin(interaction, settings);
      progress.take(events.slice(0, at));
      // Scripts run at sign-ins only: not for proofs of an identified user, and not for a password reset.
      if (progress.state.userId !== undefined || progress.state.intent === 'ForgotPassword') return events;
      progress.take([event]);
      const verdict = await ask(type, interaction, { state: progress.state, userId: event.account?.id });
      return events.with(at, { ...event, verdict });
    },
    /** @param events the last of them is the submission */
    async atSubmission(
      interaction: Interaction,
      events: readonly SignInEvent[],
      settings: SignInSettings,
    ): Promise<readonly SignInEvent[]> {
      const progress = begin(interaction, settings);
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
  const { name, avatar, profile, customData } = answer.changes ?? {};
  return {
    kind: 'passed',
    changes: {
      ...(name === undefined ? {} : { name }),
      ...(avatar === undefined ? {} : { avatar }),
      ...(profile === undefined ? {} : { claims: profile }),
      ...(customData === undefined ? {} : { customData }),
    },
  };
}

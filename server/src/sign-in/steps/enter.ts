/**
 * Steps of the pages that sign in or register at once: the check, the identification and, when nothing is missing, the
 * end.
 */
import { AldabaError } from '../../kernel/errors.ts';
import { isSameAddress } from '../machine/factor.ts';
import { promptFor } from '../machine/machine.ts';
import { needsAgreement } from '../machine/policy.ts';
import { type Address, type Intent, isCodeProof } from '../machine/state.ts';
import type { Account, SignInEvent } from '../machine/vocabulary.ts';
import type { Identifier } from '../needs.ts';
import { isForAddition } from './begin.ts';
import type { LoadedInteraction, StepContext, StepResult } from './context.ts';
import type { Checks, Fact, FirstCode } from './verify.ts';

type Context = StepContext & { checks: Checks };

/** The events of a check that identifies the user at once. */
export const identifiedBy = (
  { proof, event }: Fact,
  how: { account: Account | undefined; start?: Intent; change?: Intent | false },
): SignInEvent[] => [
  ...(how.start ? [{ type: 'started' as const, intent: how.start }] : []),
  event,
  ...(how.change ? [{ type: 'intent-changed' as const, intent: how.change }] : []),
  { type: 'identified', proofId: proof.id, account: how.account },
];

export type EnterSteps = ReturnType<typeof createEnterSteps>;

export function createEnterSteps(context: Context) {
  const { checks, take, accountFor, findState } = context;
  return {
    async signInWithPassword(interaction: LoadedInteraction, given: { identifier: Identifier; password: string }) {
      if (!interaction.policy.signIn) throw new AldabaError('user.sign_in_method_not_enabled');
      const fact = await checks.password(interaction, given);
      const account = await accountFor(interaction, fact.user);
      return take(interaction, identifiedBy(fact, { start: 'SignIn', account }), { account });
    },
    async registerWithPassword(interaction: LoadedInteraction, given: { username: string; password: string }) {
      if (!interaction.policy.register) throw new AldabaError('user.sign_up_method_not_enabled');
      const fact = await checks.newIdentity(interaction, given);
      return take(interaction, identifiedBy(fact, { start: 'Register', account: undefined }), {});
    },
    /**
     * The code says who the user is, or adds the address. An unknown address that may register becomes an account, if
     * need be after the user has agreed to the terms, which `user.terms_required` asks for.
     * @throws AldabaError as the factor's `verify`, and what the machine refuses with
     */
    async finishCode(interaction: LoadedInteraction, challenge: FirstCode, code: string) {
      const { settings, policy } = interaction;
      const { identifier } = challenge;
      const fact = await checks.code(interaction, { identifier, challenge: () => challenge, code });
      const owner = await findByAddress(context, interaction, identifier);
      const state = context.stateOf(interaction);
      if (isForAddition(state)) return addAddress(context, interaction, fact, owner);
      const isOpen = policy.register && policy.registerWithCode.includes(identifier.type);
      const becomesAccount = state.intent === 'SignIn' && !owner && isOpen;
      if (becomesAccount && needsAgreement(settings)) {
        // What the code proved is kept, so that none is asked for again once the user agrees.
        await take(interaction, [fact.event]);
        throw new AldabaError('user.terms_required');
      }
      const events = identifiedBy(fact, { change: becomesAccount && 'Register', account: owner });
      return take(interaction, events, { account: owner });
    },
    /** Registers with an address whose code was right a moment ago; undefined when there is none. */
    async registerProved(interaction: LoadedInteraction, identifier: Address) {
      const state = findState(interaction);
      const proof = state?.proofs.filter(isCodeProof).find((known) => isSameAddress(known.identifier, identifier));
      if (!state || !proof || proof.used || state.userId !== undefined || state.intent === 'ForgotPassword')
        return undefined;
      const account = await findByAddress(context, interaction, proof.identifier);
      const events: SignInEvent[] = [
        { type: 'intent-changed', intent: 'Register' },
        { type: 'identified', proofId: proof.id, account },
      ];
      return take(interaction, events, {});
    },
    /** Signs in the user of a link's address, or creates an account if that is allowed; or leads to a new password. */
    async followLink(interaction: LoadedInteraction, link: { email: string; token: string }) {
      const { policy } = interaction;
      const { user, recovers, ...fact } = await checks.link(interaction, link);
      if (user && !policy.signIn) throw new AldabaError('user.sign_in_method_not_enabled');
      if (!user && (recovers || !policy.register)) throw new AldabaError('user.user_not_exist');
      const account = await accountFor(interaction, user);
      const start = recovers ? 'ForgotPassword' : account ? 'SignIn' : 'Register';
      return take(interaction, identifiedBy(fact, { start, account }), recovers ? undefined : { account });
    },
  };
}

const findByAddress = async ({ needs, accountFor }: Context, interaction: LoadedInteraction, identifier: Address) =>
  accountFor(interaction, await needs.users.findByIdentifier(interaction.tenant.db, identifier));

/** The code adds its address to the account, or to the one that is to be created. */
async function addAddress(
  { accountOf, stateOf, take }: Context,
  interaction: LoadedInteraction,
  { event, proof }: Fact,
  owner: Account | undefined,
): Promise<StepResult> {
  const state = stateOf(interaction);
  const account = await accountOf(interaction);
  const taken = owner !== undefined && owner.id !== account?.id;
  const events: SignInEvent[] = [
    { ...event, account },
    { type: 'address-added', proofId: proof.id, taken, account },
  ];
  if (state.intent === 'Register' && !account) events.push({ type: 'identified' });
  const prompt = promptFor(state, interaction.policy, account);
  // A user who gives an address where a second factor is offered wants codes to it to be one.
  if (prompt.kind === 'add-factor' && prompt.skippable)
    events.push({ type: 'factor-choice', choice: 'enabled', account });
  return take(interaction, events, { account });
}

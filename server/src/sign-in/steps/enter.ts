/**
 * Steps of the pages that sign in or register at once: the check, the identification and, when nothing is missing, the
 * end.
 */
import type { Request } from '../../http/types.ts';
import { AldabaError } from '../../kernel/errors.ts';
import type { SocialChallenge } from '../factors/social/index.ts';
import { isSameAddress } from '../machine/factor.ts';
import { promptFor } from '../machine/machine.ts';
import { needsAgreement, resolvePolicy, termsOf } from '../machine/policy.ts';
import { type Address, type Intent, isCodeProof, type SignInState } from '../machine/state.ts';
import type { Account, SignInEvent } from '../machine/vocabulary.ts';
import type { Identifier, SignInSettings } from '../needs.ts';
import type { Interaction } from '../port.ts';
import { isForAddition } from './begin.ts';
import { about, type StepContext } from './context.ts';
import type { StepResult } from './run.ts';
import type { CheckFactor, Fact, FirstCode } from './verify.ts';

export interface EnterSteps {
  signInWithPassword: (
    interaction: Interaction,
    given: { identifier: Identifier; password: string },
  ) => Promise<StepResult>;
  registerWithPassword: (
    interaction: Interaction,
    given: { username: string; password: string },
  ) => Promise<StepResult>;
  /**
   * The sign-in that a provider's answer belongs to, by the `state` that `beginSocial` made.
   * @throws AldabaError `session.social_state_mismatch` for one that is forged, replayed or not of the connector
   */
  openSocial: (
    request: Request,
    answer: { connectorId: string; state: string },
  ) => Promise<{ interaction: Interaction; challenge: SocialChallenge }>;
  /**
   * The provider sent the user back with `data`: signs in, or registers where that is allowed.
   * @throws AldabaError `user.terms_required` for a new account whose user has not agreed to the terms
   */
  finishSocial: (
    interaction: Interaction,
    challenge: SocialChallenge,
    data: Record<string, unknown>,
  ) => Promise<StepResult>;
  /**
   * The code says who the user is, or adds the address. An unknown address that may register becomes an account, if
   * need be after the user has agreed to the terms, which `user.terms_required` asks for.
   * @throws AldabaError as the factor's `verify`, and what the machine refuses with
   */
  finishCode: (interaction: Interaction, challenge: FirstCode, code: string) => Promise<StepResult>;
  /** Registers with an address whose code was right a moment ago; undefined when there is none. */
  registerProved: (interaction: Interaction, identifier: Address) => Promise<StepResult | undefined>;
  /** Signs in the user of a link's address, or creates an account if that is allowed; or leads to a new password. */
  followLink: (interaction: Interaction, link: { email: string; token: string }) => Promise<StepResult>;
}

type Context = StepContext & { check: CheckFactor };

/** The events of a check that identifies the user at once. */
function identifiedBy(
  { proof, event }: Pick<Fact, 'proof' | 'event'>,
  how: { account: Account | undefined; start?: Intent; change?: Intent | false },
): SignInEvent[] {
  return [
    ...(how.start ? [{ type: 'started' as const, intent: how.start }] : []),
    event,
    ...(how.change ? [{ type: 'intent-changed' as const, intent: how.change }] : []),
    { type: 'identified', proofId: proof.id, ...about(how.account) },
  ];
}

export function createEnterSteps(context: Context): EnterSteps {
  const { check, take, accounts, factors, findState } = context;
  const policyOf = async ({ tenant }: Interaction) => resolvePolicy(await context.settings(tenant));
  return {
    async signInWithPassword(interaction, given) {
      if (!(await policyOf(interaction)).signIn) throw new AldabaError('user.sign_in_method_not_enabled');
      const { settings, ...fact } = await check(interaction, 'Password', given);
      const account = await accounts.of(interaction, settings, fact.user);
      const events = identifiedBy(fact, { start: 'SignIn', account });
      return take(interaction, events, { settings, complete: { account } });
    },
    async registerWithPassword(interaction, given) {
      if (!(await policyOf(interaction)).register) throw new AldabaError('user.sign_up_method_not_enabled');
      const { settings, ...fact } = await check(interaction, 'NewPasswordIdentity', given);
      return take(interaction, identifiedBy(fact, { start: 'Register', account: undefined }), {
        settings,
        complete: {},
      });
    },
    async openSocial(request, { connectorId, state }) {
      const interaction = await context.open(request, factors.social.handleOf(state));
      const challenge = findState(interaction)?.challenges.find(
        (asked) =>
          asked.type === 'Social' && asked.connectorId === connectorId && factors.social.isStateOf(asked, state),
      );
      if (challenge?.type !== 'Social') throw new AldabaError('session.social_state_mismatch');
      return { interaction, challenge };
    },
    finishSocial: (interaction, challenge, data) => finishSocial(context, interaction, challenge, data),
    finishCode: (interaction, challenge, code) => finishCode(context, interaction, challenge, code),
    async registerProved(interaction, identifier) {
      const state = findState(interaction);
      const proof = state?.proofs.filter(isCodeProof).find((known) => isSameAddress(known.identifier, identifier));
      if (!state || !proof || proof.used || state.userId !== undefined || state.intent === 'ForgotPassword')
        return undefined;
      const account = await findByAddress(context, interaction, proof.identifier);
      const events: SignInEvent[] = [
        { type: 'intent-changed', intent: 'Register' },
        { type: 'identified', proofId: proof.id, ...about(account) },
      ];
      return take(interaction, events, { complete: {} });
    },
    async followLink(interaction, link) {
      const { settings, user, recovers = false, ...fact } = await check(interaction, 'OneTimeToken', link);
      const policy = resolvePolicy(settings);
      if (user && !policy.signIn) throw new AldabaError('user.sign_in_method_not_enabled');
      if (!user && (recovers || !policy.register)) throw new AldabaError('user.user_not_exist');
      const account = user && (await accounts.of(interaction, settings, user));
      const start = recovers ? 'ForgotPassword' : account ? 'SignIn' : 'Register';
      const complete = recovers ? {} : { complete: { account } };
      return take(interaction, identifiedBy(fact, { start, account }), { settings, ...complete });
    },
  };
}

async function findByAddress(
  { needs, accounts, settings }: Context,
  interaction: Interaction,
  identifier: Address,
): Promise<Account | undefined> {
  const { tenant } = interaction;
  const user = await needs.users.findByIdentifier(tenant.db, identifier);
  return user && accounts.of(interaction, await settings(tenant), user);
}

async function finishSocial(
  context: Context,
  interaction: Interaction,
  challenge: SocialChallenge,
  data: Record<string, unknown>,
): Promise<StepResult> {
  const { needs, accounts, check, take } = context;
  try {
    const { settings, ...fact } = await check(interaction, 'Social', { challenge, data });
    const { target, identity } = fact.proof;
    const user = await needs.users.findByIdentity(interaction.tenant.db, target, identity.id);
    const account = user && (await accounts.of(interaction, settings, user));
    if (!account && !resolvePolicy(settings).register) throw new AldabaError('user.identity_not_exist');
    if (!account && termsOf(settings, 'register') === 'checkbox' && !challenge.agreed)
      throw new AldabaError('user.terms_required');
    if (account?.isSuspended) throw new AldabaError('user.suspended');
    const events = identifiedBy(fact, { change: account ? 'SignIn' : 'Register', account });
    return await take(interaction, events, { settings, complete: { account } });
  } catch (error) {
    // The answer is consumed even when it fails: the same URL does not work a second time.
    await take(interaction, [{ type: 'answered', challengeId: challenge.id }]).catch((reason: unknown) => {
      // Another answer was stored in between, so this one no longer counts; reports the first failure.
      needs.log.debug({ err: reason }, 'A failed social sign-in was overtaken');
    });
    throw error;
  }
}

async function finishCode(
  context: Context,
  interaction: Interaction,
  challenge: FirstCode,
  code: string,
): Promise<StepResult> {
  const { check, take, stateOf } = context;
  const { identifier } = challenge;
  const { settings, ...fact } = await check(interaction, 'Code', { identifier, challenge: () => challenge, code });
  const owner = await findByAddress(context, interaction, identifier);
  const state = stateOf(interaction);
  if (isForAddition(state)) return addAddress(context, interaction, { fact, state, owner, settings });
  const { register, registerWithCode } = resolvePolicy(settings);
  const becomesAccount = state.intent === 'SignIn' && !owner && register && registerWithCode.includes(identifier.type);
  if (becomesAccount && needsAgreement(settings)) {
    // What the code proved is kept, so that none is asked for again once the user agrees.
    await take(interaction, [fact.event], { settings });
    throw new AldabaError('user.terms_required');
  }
  const events = identifiedBy(fact, { change: becomesAccount && 'Register', account: owner });
  return take(interaction, events, { settings, complete: { account: owner } });
}

/** The code adds its address to the account, or to the one that is to be created. */
async function addAddress(
  { accountOf, take }: Context,
  interaction: Interaction,
  found: {
    fact: Pick<Fact, 'proof' | 'event'>;
    state: SignInState;
    owner: Account | undefined;
    settings: SignInSettings;
  },
): Promise<StepResult> {
  const { fact, state, owner, settings } = found;
  const account = await accountOf(interaction, state);
  const taken = owner !== undefined && owner.id !== account?.id;
  const events: SignInEvent[] = [
    { ...fact.event, ...about(account) } as SignInEvent,
    { type: 'address-added', proofId: fact.proof.id, taken, ...about(account) },
  ];
  if (state.intent === 'Register' && !account) events.push({ type: 'identified' });
  const prompt = promptFor(state, resolvePolicy(settings), account);
  // A user who gives an address where a second factor is offered wants codes to it to be one.
  if (prompt.kind === 'add-factor' && prompt.skippable)
    events.push({ type: 'factor-choice', choice: 'enabled', ...about(account) });
  return take(interaction, events, { settings, complete: { account } });
}

/**
 * Steps of a sign-in with a social provider: off to it, and back with its answer. The `state` of the pages leads every
 * answer of a provider to its sign-in, also one of an enterprise provider.
 */
import type { Request } from '../../../http/types.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import type { SocialChallenge, SocialStart } from '../../factors/social/index.ts';
import { termsOf } from '../../machine/policy.ts';
import type { ChallengeOf, Proof, SignInState } from '../../machine/state.ts';
import type { LoadedInteraction, StepContext } from '../context.ts';
import { identifiedBy } from '../enter.ts';
import { meetRelated } from '../linking/index.ts';
import { answerOnce, type Checks, type Fact } from '../verify.ts';

/** A challenge that a provider answers in the browser. */
export type ProviderChallenge = ChallengeOf<'Social' | 'EnterpriseSso'>;

/**
 * The challenge that a page answers which keeps the `state` itself.
 * @throws AldabaError `session.verification_session_not_found`, `session.connector_id_mismatch`,
 *   `session.verification_failed`
 */
export function requireAsked<Type extends ProviderChallenge['type']>(
  { challenges }: SignInState,
  type: Type,
  given: { verificationId: string; connectorId: string; data: Record<string, unknown> },
): ChallengeOf<Type> {
  const challenge = challenges.find(({ id }) => id === given.verificationId) as ProviderChallenge | undefined;
  if (challenge?.type !== type || challenge.stateHash !== undefined)
    throw new AldabaError('session.verification_session_not_found');
  if (challenge.connectorId !== given.connectorId) throw new AldabaError('session.connector_id_mismatch');
  if (given.data.redirectUri !== undefined && given.data.redirectUri !== challenge.redirectUri)
    throw new AldabaError('session.verification_failed');
  return challenge as ChallengeOf<Type>;
}

export function createSocialSteps(context: StepContext & { checks: Checks }) {
  const { checks, take, accountFor, factors, findState, stateOf } = context;
  /** @param asked `agreed`: whether the user agreed to the terms before */
  const enterBySocial = async (
    interaction: LoadedInteraction,
    fact: Fact<Extract<Proof, { type: 'Social' }>>,
    asked: { agreed?: boolean },
  ) => {
    const { settings, policy } = interaction;
    const { target, identity } = fact.proof;
    const user = await context.needs.users.findByIdentity(interaction.tenant.db, target, identity.id);
    const account = await accountFor(interaction, user);
    const linked = account ? undefined : await meetRelated(context, interaction, fact);
    if (linked) return linked;
    if (!account && !policy.register) throw new AldabaError('user.identity_not_exist');
    if (!account && termsOf(settings, 'register') === 'checkbox' && !asked.agreed)
      throw new AldabaError('user.terms_required');
    if (account?.isSuspended) throw new AldabaError('user.suspended');
    const change = account ? 'SignIn' : 'Register';
    return take(interaction, identifiedBy(fact, { change, account }), { account });
  };
  return {
    /**
     * Begins with a provider from the hosted pages, to which the result redirects.
     * @throws AldabaError `user.terms_required` when a box has to be ticked and was not, and as the factor's `begin`
     */
    async beginSocial(interaction: LoadedInteraction, request: SocialStart) {
      const { settings, policy } = interaction;
      if (termsOf(settings, 'sign-in') === 'checkbox' && !request.agreed) throw new AldabaError('user.terms_required');
      const { challenge, authorizationUri } = await factors.social.begin(interaction, request);
      // A user who goes back and chooses another way starts again: what was proved for the first does not carry over.
      const begun = await take(interaction, [
        { type: 'started', intent: policy.signIn ? 'SignIn' : 'Register' },
        { type: 'challenged', challenge },
      ]);
      return { ...begun, redirectTo: authorizationUri };
    },
    /** The same for a page that keeps the `state` itself. @throws AldabaError as the factor's `begin` */
    async askSocial(interaction: LoadedInteraction, request: Omit<SocialStart, 'agreed'> & { state: string }) {
      stateOf(interaction);
      const { challenge, authorizationUri } = await factors.social.begin(interaction, request);
      await take(interaction, [{ type: 'challenged', challenge }]);
      return { authorizationUri, verificationId: challenge.id };
    },
    /**
     * The sign-in that a provider's answer belongs to, by the `state` that `beginSocial` or `beginSso` made.
     * @throws AldabaError `session.social_state_mismatch` for one that is forged, replayed or not of the connector
     */
    async openAnswer(request: Request, { connectorId, state }: { connectorId: string; state: string }) {
      const interaction = await context.open(request, factors.social.handleOf(state));
      const challenge = findState(interaction)?.challenges.find(
        (asked): asked is ProviderChallenge =>
          (asked.type === 'Social' || asked.type === 'EnterpriseSso') &&
          asked.connectorId === connectorId &&
          factors.social.isStateOf(asked, state),
      );
      if (!challenge) throw new AldabaError('session.social_state_mismatch');
      return { interaction, challenge };
    },
    /**
     * The provider sent the user back with `data`: signs in, asks about an account that has the identity's address, or
     * registers where that is allowed.
     * @throws AldabaError `user.terms_required` for a new account whose user has not agreed to the terms
     */
    finishSocial: (interaction: LoadedInteraction, challenge: SocialChallenge, data: Record<string, unknown>) =>
      answerOnce(context, interaction, challenge, async () =>
        enterBySocial(interaction, await checks.social(interaction, challenge, data), challenge),
      ),
    /** The provider's script on the sign-in page brought an ID token. @throws AldabaError as `finishSocial` */
    async finishOneTap(interaction: LoadedInteraction, given: { connectorId: string; idToken: string }) {
      const { settings, policy } = interaction;
      if (termsOf(settings, 'sign-in') === 'checkbox') throw new AldabaError('user.terms_required');
      await take(interaction, [{ type: 'started', intent: policy.signIn ? 'SignIn' : 'Register' }]);
      return enterBySocial(interaction, await checks.oneTap(interaction, { ...given, hasNonce: true }), {});
    },
    /**
     * The provider's answer, for a page that keeps the `state` itself. One answer counts, also when it is refused.
     * @throws AldabaError as `requireAsked` and the factor's `verify`
     */
    async verifySocial(
      interaction: LoadedInteraction,
      given: { verificationId: string; connectorId: string; data: Record<string, unknown> },
    ): Promise<Proof> {
      const challenge = requireAsked(stateOf(interaction), 'Social', given);
      const check = () => checks.social(interaction, challenge, given.data);
      const { proof, event } = await answerOnce(context, interaction, challenge, check);
      await take(interaction, [event]);
      return proof;
    },
  };
}

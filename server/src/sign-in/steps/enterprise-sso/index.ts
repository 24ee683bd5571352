/**
 * Steps of a sign-in with a company's provider: which providers an address leads to, off to one of them, and back with
 * its answer.
 */
import { AldabaError } from '../../../kernel/errors.ts';
import { normalizeEmail } from '../../../kernel/identifiers.ts';
import type { SsoChallenge, SsoProof, SsoStart } from '../../factors/enterprise-sso/index.ts';
import { needsCaptcha } from '../../machine/captcha/index.ts';
import { connectorsFor } from '../../machine/enterprise-sso/index.ts';
import { termsOf } from '../../machine/policy.ts';
import type { LoadedInteraction, StepContext } from '../context.ts';
import { identifiedBy } from '../enter.ts';
import { requireAsked } from '../social/index.ts';
import { answerOnce, type Checks, type Fact } from '../verify.ts';
import { findPerson } from './account.ts';

/** A name and a password of a company's directory. */
interface Typed {
  username: string;
  password: string;
}

export function createSsoSteps(context: StepContext & { checks: Checks }) {
  const { checks, take, factors, stateOf } = context;
  const requireOffered = ({ policy }: LoadedInteraction, connectorId: string) => {
    if (!policy.sso.some(({ id }) => id === connectorId))
      throw new AldabaError('session.invalid_connector_id', { connectorId });
  };
  const requireCaptcha = (interaction: LoadedInteraction) => {
    if (needsCaptcha(context.findState(interaction), interaction.policy))
      throw new AldabaError('session.captcha_required');
  };
  const beginSso = async (interaction: LoadedInteraction, request: SsoStart) => {
    const { settings, policy } = interaction;
    requireOffered(interaction, request.connectorId);
    if (termsOf(settings, 'sign-in') === 'checkbox' && !request.agreed) throw new AldabaError('user.terms_required');
    const { challenge, authorizationUri } = await factors.enterpriseSso.begin(interaction, request);
    const begun = await take(interaction, [
      { type: 'started', intent: policy.signIn ? 'SignIn' : 'Register' },
      { type: 'challenged', challenge },
    ]);
    return { ...begun, redirectTo: authorizationUri };
  };
  const enterBySso = async (interaction: LoadedInteraction, fact: Fact<SsoProof>, { agreed }: { agreed?: boolean }) => {
    const { settings, policy } = interaction;
    const { account, related } = await findPerson(context, interaction, fact.proof);
    const known = account ?? related?.account;
    if (!known && !policy.register) throw new AldabaError('user.sso_identity_not_exist');
    if (!known && termsOf(settings, 'register') === 'checkbox' && !agreed) throw new AldabaError('user.terms_required');
    if (known?.isSuspended) throw new AldabaError('user.suspended');
    const events = identifiedBy(fact, { change: known ? 'SignIn' : 'Register', account });
    return take(
      interaction,
      events.map((event) => (event.type === 'identified' ? { ...event, related } : event)),
      { account: known },
    );
  };
  return {
    /** The connectors that sign in an address: none for an address without a company. */
    ssoConnectorsFor: ({ policy }: LoadedInteraction, email: string) =>
      connectorsFor(policy.sso, normalizeEmail(email) ?? ''),
    /** Keeps an address whose user chooses among several providers. @throws AldabaError `session.sso_not_available` */
    nameSso: (interaction: LoadedInteraction, email: string) =>
      take(interaction, [
        { type: 'started', intent: interaction.policy.signIn ? 'SignIn' : 'Register' },
        { type: 'sso-address-named', email: normalizeEmail(email) ?? '' },
      ]),
    /**
     * Begins with a company's provider, to which the result redirects.
     * @throws AldabaError `user.terms_required`, and as the factor's `begin`
     */
    beginSso,
    /** The same for a page that keeps the `state` itself. @throws AldabaError as the factor's `begin` */
    async askSso(interaction: LoadedInteraction, request: Omit<SsoStart, 'agreed'> & { state: string }) {
      stateOf(interaction);
      requireOffered(interaction, request.connectorId);
      const { challenge, authorizationUri } = await factors.enterpriseSso.begin(interaction, request);
      await take(interaction, [{ type: 'challenged', challenge }]);
      return { authorizationUri, verificationId: challenge.id };
    },
    /** The provider sent the user back: signs in, or registers where that is allowed. */
    finishSso: (interaction: LoadedInteraction, challenge: SsoChallenge, data: Record<string, unknown>) =>
      answerOnce(context, interaction, challenge, async () => {
        requireOffered(interaction, challenge.connectorId);
        return enterBySso(interaction, await checks.sso(interaction, challenge, data), challenge);
      }),
    /** The password of the company's directory, entered on the page that `beginSso` led to. */
    finishSsoPassword(interaction: LoadedInteraction, challenge: SsoChallenge, typed: Typed) {
      requireOffered(interaction, challenge.connectorId);
      requireCaptcha(interaction);
      const given = { connectorId: challenge.connectorId, ...typed };
      return checks.ssoPassword(interaction, given).then((fact) => enterBySso(interaction, fact, challenge));
    },
    /** The same for a custom page, which identifies the user with it. @throws AldabaError as the factor's `prove` */
    async proveSsoPassword(interaction: LoadedInteraction, given: Typed & { connectorId: string }): Promise<SsoProof> {
      stateOf(interaction);
      requireOffered(interaction, given.connectorId);
      requireCaptcha(interaction);
      const { proof, event } = await checks.ssoPassword(interaction, given);
      await take(interaction, [event]);
      return proof;
    },
    /** The provider started the sign-in, and this browser brought its answer. Undefined if there is none to take. */
    async finishInitiated(interaction: LoadedInteraction, given: { connectorId: string; secret: string }) {
      const { settings, policy } = interaction;
      requireOffered(interaction, given.connectorId);
      if (termsOf(settings, 'sign-in') === 'checkbox') throw new AldabaError('user.terms_required');
      const proof = await factors.enterpriseSso.takeInitiated(interaction, given);
      if (!proof) return undefined;
      await take(interaction, [{ type: 'started', intent: policy.signIn ? 'SignIn' : 'Register' }]);
      return enterBySso(interaction, { proof, event: { type: 'proved', proof } }, {});
    },
    /** The provider's answer, for a page that keeps the `state` itself. One counts, also when it is refused. */
    async verifySso(
      interaction: LoadedInteraction,
      given: { verificationId: string; connectorId: string; data: Record<string, unknown> },
    ): Promise<SsoProof> {
      const challenge = requireAsked(stateOf(interaction), 'EnterpriseSso', given);
      requireOffered(interaction, challenge.connectorId);
      const check = () => checks.sso(interaction, challenge, given.data);
      const { proof, event } = await answerOnce(context, interaction, challenge, check);
      await take(interaction, [event]);
      return proof;
    },
  };
}

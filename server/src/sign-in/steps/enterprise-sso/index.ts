/**
 * Steps of a sign-in with a company's provider: which providers an address leads to, off to one of them, and back with
 * its answer.
 */
import type { ErrorWithData } from '@aldaba/contract';
import type { Request } from '../../../http/types.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { normalizeEmail } from '../../../kernel/identifiers.ts';
import type { SsoChallenge, SsoProof, SsoStart } from '../../factors/enterprise-sso/index.ts';
import { connectorsFor } from '../../machine/enterprise-sso/index.ts';
import { termsOf } from '../../machine/policy.ts';
import type { LoadedInteraction, StepContext } from '../context.ts';
import { createDirectoryPasswordSteps } from '../directory-password/index.ts';
import { identifiedBy } from '../enter.ts';
import { requireAsked } from '../social/index.ts';
import { answerOnce, type Checks, type Fact } from '../verify.ts';
import { findPerson } from './account.ts';

/** The custom page that asked. */
const backTo = ({ redirectUri }: SsoChallenge, state: string): string =>
  `${redirectUri}?${new URLSearchParams({ state })}`;

/** What the server received for a custom page; undefined before. @throws AldabaError why it was refused */
function receivedBy({ id, received }: SsoChallenge): Fact<SsoProof> | undefined {
  if (!received) return undefined;
  // What was stored no longer shows that the data belongs to the code.
  if ('refused' in received) throw AldabaError.of(received.refused as ErrorWithData);
  const { proof } = received;
  return { proof, event: { type: 'answered', challengeId: id, proof } };
}

/** A refusal by the provider is an answer too. */
function refusalIn(error: unknown) {
  if (!(error instanceof AldabaError) || !error.code.startsWith('connector.')) throw error;
  return { refused: { code: error.code, data: error.data } };
}

export function createSsoSteps(context: StepContext & { checks: Checks }) {
  const { checks, take, factors, stateOf, findState } = context;
  const requireOffered = ({ policy }: LoadedInteraction, connectorId: string) => {
    if (!policy.sso.some(({ id }) => id === connectorId))
      throw new AldabaError('session.invalid_connector_id', { connectorId });
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
  const requireSso = (interaction: LoadedInteraction, isMeant: (asked: SsoChallenge) => boolean): SsoChallenge => {
    const challenge = findState(interaction)?.challenges.find(
      (asked): asked is SsoChallenge => asked.type === 'EnterpriseSso' && isMeant(asked),
    );
    if (!challenge) throw new AldabaError('session.social_state_mismatch');
    return challenge;
  };
  return {
    ...createDirectoryPasswordSteps({ ...context, requireOffered, enterBySso }),
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
    /**
     * The same where the provider started the sign-in, and this browser brought its answer: it goes straight back to
     * the page. Undefined if there is none to take.
     */
    async askInitiated(
      interaction: LoadedInteraction,
      given: { connectorId: string; secret: string; state: string; redirectUri: string },
    ) {
      stateOf(interaction);
      requireOffered(interaction, given.connectorId);
      const challenge = await factors.enterpriseSso.askInitiated(interaction, given);
      if (!challenge) return undefined;
      await take(interaction, [{ type: 'challenged', challenge }]);
      return { authorizationUri: backTo(challenge, given.state), verificationId: challenge.id };
    },
    /** The provider sent the user back: signs in, or registers where that is allowed. */
    finishSso: (interaction: LoadedInteraction, challenge: SsoChallenge, data: Record<string, unknown>) =>
      answerOnce(context, interaction, challenge, async () => {
        requireOffered(interaction, challenge.connectorId);
        return enterBySso(interaction, await checks.sso(interaction, challenge, data), challenge);
      }),
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
    /**
     * The sign-in that a provider's answer to the server belongs to, by the `state` that the server made.
     * @throws AldabaError `session.social_state_mismatch` for one that is forged, replayed or not of the connector
     */
    async openSsoAnswer(request: Request, { connectorId, state }: { connectorId: string; state: string }) {
      const interaction = await context.open(request, factors.social.handleOf(state));
      return {
        interaction,
        challenge: requireSso(interaction, (asked) => {
          const { stateHash = asked.relayHash } = asked;
          return (
            asked.connectorId === connectorId &&
            factors.social.isStateOf(stateHash === undefined ? {} : { stateHash }, state)
          );
        }),
      };
    },
    /** The form that takes the browser to the provider. @throws AldabaError as `openSsoAnswer` */
    async findSsoForm(request: Request, connectorId: string) {
      const interaction = await context.open(request);
      const challenge = requireSso(interaction, (asked) => asked.connectorId === connectorId);
      const { form } = factors.enterpriseSso.departureOf(interaction, challenge);
      if (!form) throw new AldabaError('session.social_state_mismatch');
      return { interaction, form };
    },
    /**
     * The provider answered the server in place of the custom page that asked. Keeps the answer for that page, also a
     * refused one; a second one changes nothing. Returns where the browser goes on; undefined for the hosted pages.
     */
    async receiveSso(interaction: LoadedInteraction, challenge: SsoChallenge, data: Record<string, unknown>) {
      const { pageState } = factors.enterpriseSso.departureOf(interaction, challenge);
      if (pageState === undefined) return undefined;
      if (!challenge.received) {
        requireOffered(interaction, challenge.connectorId);
        const received = await checks.sso(interaction, challenge, data).then(({ proof }) => ({ proof }), refusalIn);
        await take(interaction, [{ type: 'challenged', challenge: { ...challenge, received } }]);
      }
      return backTo(challenge, pageState);
    },
    /** The provider's answer, for a page that keeps the `state` itself. One counts, also when it is refused. */
    async verifySso(
      interaction: LoadedInteraction,
      given: { verificationId: string; connectorId: string; data: Record<string, unknown> },
    ): Promise<SsoProof> {
      const challenge = requireAsked(stateOf(interaction), 'EnterpriseSso', given);
      requireOffered(interaction, challenge.connectorId);
      const check = async () => receivedBy(challenge) ?? (await checks.sso(interaction, challenge, given.data));
      const { proof, event } = await answerOnce(context, interaction, challenge, check);
      await take(interaction, [event]);
      return proof;
    },
  };
}

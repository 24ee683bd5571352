/**
 * Steps that check a first factor (the one place where it is tried, logged and turned into an event of the machine),
 * that say who the user is, by what was verified or by the account chooser, and that complete the sign-in.
 */
import { AldabaError } from '../../kernel/errors.ts';
import { normalizeIdentifier } from '../../kernel/identifiers.ts';
import type { SsoChallenge } from '../factors/enterprise-sso/index.ts';
import type { Factors } from '../factors/index.ts';
import type { PasskeyChallenge } from '../factors/passkey/sign-in.ts';
import type { SocialChallenge } from '../factors/social/index.ts';
import { isSameAddress } from '../machine/factor.ts';
import { traitsOf } from '../machine/factors.ts';
import {
  type Address,
  type Challenge,
  type ChallengeOf,
  type Intent,
  type Proof,
  provesAddress,
} from '../machine/state.ts';
import type { SignInEvent } from '../machine/vocabulary.ts';
import type { Identifier } from '../needs.ts';
import type { Interaction } from '../port.ts';
import type { LoadedInteraction, LoggedStep, StepContext, StepNeeds } from './context.ts';
import { assertNoSso, findPerson } from './enterprise-sso/account.ts';
import { findRelated } from './linking/index.ts';

/** A code of a first factor that was sent or withheld. */
export type FirstCode = ChallengeOf<'EmailVerificationCode' | 'PhoneVerificationCode'>;
export const isFirstCode = (challenge: Challenge): challenge is FirstCode =>
  challenge.type === 'EmailVerificationCode' || challenge.type === 'PhoneVerificationCode';

/** What a check found out. */
export interface Fact<P extends Proof = Proof> {
  proof: P;
  event: Extract<SignInEvent, { type: 'proved' | 'answered' }>;
}
const proved = <P extends Proof>(proof: P): Fact<P> => ({ proof, event: { type: 'proved', proof } });
const answered = <P extends Proof>(proof: P): Fact<P> => ({
  proof,
  event: { type: 'answered', challengeId: proof.id, proof },
});

const logged = (type: Proof['type'], params: LoggedStep['params'] = {}): LoggedStep => ({
  key: `Verification.${traitsOf(type).logName}.Submit`,
  params,
});
/** A step about a code that is sent to an address. */
export const codeStep = (identifier: Address, verb: 'Create' | 'Submit'): LoggedStep => ({
  key: `Verification.${identifier.type === 'email' ? 'EmailVerificationCode' : 'PhoneVerificationCode'}.${verb}`,
  params: { identifier },
});

export type Checks = ReturnType<typeof createChecks>;

/** The checks of the first factors. What is refused is logged; nothing is stored yet. */
export function createChecks({ factors, attempt }: Pick<StepContext, 'factors' | 'attempt'>) {
  return {
    password: (interaction: LoadedInteraction, given: { identifier: Identifier; password: string }) =>
      attempt(interaction, logged('Password', { identifier: given.identifier }), async () => {
        const { tenant, settings } = interaction;
        assertNoSso(interaction, given.identifier);
        const { proof, user, renewedPassword } = await factors.password.prove(tenant, settings, given);
        return { proof, user, event: { type: 'proved' as const, proof, renewedPassword } };
      }),
    newIdentity: (interaction: LoadedInteraction, given: { username: string; password: string }) =>
      attempt(interaction, logged('NewPasswordIdentity', { username: given.username }), async () =>
        proved(await factors.password.chooseIdentity(interaction.tenant, interaction.settings, given)),
      ),
    social: (interaction: Interaction, challenge: SocialChallenge, data: Record<string, unknown>) =>
      attempt(interaction, logged('Social', { connectorId: challenge.connectorId }), async () =>
        answered(await factors.social.verify(interaction, challenge, data)),
      ),
    sso: (interaction: Interaction, challenge: SsoChallenge, data: Record<string, unknown>) =>
      attempt(interaction, logged('EnterpriseSso', { connectorId: challenge.connectorId }), async () =>
        answered(await factors.enterpriseSso.verify(interaction, challenge, data)),
      ),
    ssoPassword: (interaction: LoadedInteraction, given: Parameters<Factors['directoryPassword']['prove']>[1]) =>
      attempt(interaction, logged('EnterpriseSso', { connectorId: given.connectorId }), async () =>
        proved(await factors.directoryPassword.prove(interaction, given)),
      ),
    oneTap: (interaction: Interaction, given: Parameters<Factors['oneTap']['verify']>[1]) =>
      attempt(interaction, logged('Social', { connectorId: given.connectorId }), async () =>
        proved(await factors.oneTap.verify(interaction, given)),
      ),
    /** @param given `challenge`: a step that finds it is part of what is logged */
    code: (interaction: LoadedInteraction, given: { identifier: Address; challenge: () => FirstCode; code: string }) =>
      attempt(interaction, codeStep(given.identifier, 'Submit'), async () =>
        answered(
          await factors.verificationCode.verify(interaction, interaction.settings, given.challenge(), given.code),
        ),
      ),
    link: (interaction: LoadedInteraction, given: { intent?: Intent; email: string; token: string }) =>
      attempt(interaction, logged('OneTimeToken', { identifier: { type: 'email', value: given.email } }), async () => {
        assertNoSso(interaction, { type: 'email', value: given.email });
        const { proof, ...found } = await factors.oneTimeToken.prove(interaction, interaction.settings, given);
        return { ...proved(proof), ...found };
      }),
    /** @param given `payload`: what the browser returned */
    passkey: (interaction: LoadedInteraction, given: { challenge: () => PasskeyChallenge; payload: unknown }) =>
      attempt(interaction, logged('SignInPasskey'), async () => {
        const { tenant, settings } = interaction;
        const asked = { challenge: given.challenge(), payload: given.payload };
        const { proof, user } = await factors.signInPasskey.verify(tenant, settings, asked);
        return { ...answered(proof), user };
      }),
  };
}

/** One answer counts for a challenge: it is used up also when the answer, or what follows from it, is refused. */
export async function answerOnce<Result>(
  { take, needs }: Pick<StepContext, 'take' | 'needs'>,
  interaction: LoadedInteraction,
  challenge: Challenge | undefined,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (challenge)
      await take(interaction, [{ type: 'answered', challengeId: challenge.id }]).catch((reason: unknown) => {
        // Another step was stored in between, so the answer no longer counts; reports the first failure.
        needs.log.debug({ err: reason }, 'A refused answer was overtaken');
      });
    throw error;
  }
}

/** The steps of pages that keep what was verified: the identification decides what it counts for. */
export function createVerifySteps(context: StepContext & { checks: Checks }) {
  const { checks, take, stateOf, accountOf } = context;
  const keeping =
    <Answer, P extends Proof>(check: (interaction: LoadedInteraction, answer: Answer) => Promise<Fact<P>>) =>
    async (interaction: LoadedInteraction, answer: Answer): Promise<P> => {
      stateOf(interaction);
      const { proof, event } = await check(interaction, answer);
      await take(interaction, [event]);
      return proof;
    };
  return {
    provePassword: keeping(checks.password),
    proveNewIdentity: keeping(checks.newIdentity),
    proveLink: keeping(checks.link),
    proveOneTap: keeping(checks.oneTap),
    /**
     * A sent code. @throws AldabaError as the factor's `verify`; `verification_code.email_mismatch`, `…phone_mismatch`
     */
    async verifyCode(
      interaction: LoadedInteraction,
      given: { verificationId: string; identifier: Address; code: string },
    ): Promise<Proof> {
      const { verificationId, identifier, code } = given;
      const { challenges } = stateOf(interaction);
      const challenge = () => {
        const found = challenges.filter(isFirstCode).find(({ id }) => id === verificationId);
        if (!found) throw new AldabaError('session.verification_session_not_found');
        if (!isSameAddress(found.identifier, normalizeIdentifier(identifier)))
          throw new AldabaError(`verification_code.${identifier.type}_mismatch`);
        return found;
      };
      const { proof, event } = await checks.code(interaction, { identifier, challenge, code });
      await take(interaction, [{ ...event, account: await accountOf(interaction) }]);
      return proof;
    },
  };
}

export function createIdentifySteps(context: StepContext) {
  const { take, stateOf, accountOf } = context;
  return {
    /**
     * @param given `verificationId`: of what was verified; without it a new account is made of the details that were
     *   added
     * @throws AldabaError what the machine refuses with; `user.identity_not_exist` names an account with the identity's
     *   address
     */
    async identify(
      interaction: LoadedInteraction,
      given: { verificationId?: string | undefined; linkSocialIdentity?: boolean | undefined },
    ) {
      const { verificationId: proofId, linkSocialIdentity: link } = given;
      const proof = stateOf(interaction).proofs.find(({ id }) => id === proofId);
      const { account, related } = await findAccounts(context, interaction, proof);
      return take(interaction, [{ type: 'identified', proofId, account, link, related }]);
    },
    /** Completes the sign-in. @throws AldabaError what the machine refuses with */
    submit: async (interaction: LoadedInteraction) =>
      take(interaction, [{ type: 'submitted', account: await accountOf(interaction) }]),
  };
}

/** The account that a proof points at; without one, the account that has its address. */
async function findAccounts(context: StepContext, interaction: LoadedInteraction, proof: Proof | undefined) {
  if (proof?.type === 'EnterpriseSso') return findPerson(context, interaction, proof);
  const account = proof && (await context.accountFor(interaction, await findProved(context, interaction, proof)));
  return { account, related: account ? undefined : await findRelated(context, interaction, proof) };
}

async function findProved({ needs: { users } }: StepContext, { tenant }: Interaction, proof: Proof) {
  if (proof.type === 'Password' || proof.type === 'SignInPasskey') return users.find(tenant.db, proof.userId);
  if (proof.type === 'Social') return users.findByIdentity(tenant.db, proof.target, proof.identity.id);
  return provesAddress(proof) ? users.findByIdentifier(tenant.db, proof.identifier) : undefined;
}

/** The account chooser: the account that is signed in in this browser. */
export function createAccountChoiceSteps({ port, users, applications, applicationExperiences }: StepNeeds) {
  return {
    /** The user who is signed in, and what the application is called; undefined when there is no account to choose. */
    async findSignedIn({ tenant, applicationId, sessionUserId }: Interaction) {
      const user = sessionUserId === undefined ? undefined : await users.find(tenant.db, sessionUserId);
      const client = user && (await applications.findClient(tenant, applicationId));
      if (!user || !client) return undefined;
      const { displayName } = await applicationExperiences.lookOf(tenant, applicationId);
      return { user, applicationName: displayName || client.name };
    },
    /** Goes on with the account that is signed in. @throws AldabaError `session.not_found` */
    continueAs: (interaction: Interaction, userId: string) => port.choose(interaction.tenant.db, interaction, userId),
  };
}

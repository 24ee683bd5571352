/**
 * Steps that check a first factor (the one place where it is tried, logged and turned into an event of the machine),
 * that say who the user is, by what was verified or by the account chooser, and that complete the sign-in.
 */
import type { SignInStepKey } from '@aldaba/contract';
import type { User } from '../../features/people/users/user.ts';
import { AldabaError } from '../../kernel/errors.ts';
import { normalizeIdentifier } from '../../kernel/identifiers.ts';
import type { SocialChallenge } from '../factors/social/index.ts';
import { isSameAddress } from '../machine/factor.ts';
import { type Address, type ChallengeOf, type Intent, type Proof, provesAddress } from '../machine/state.ts';
import type { Account, SignInEvent } from '../machine/vocabulary.ts';
import type { Identifier, SignInNeeds, SignInSettings } from '../needs.ts';
import type { Interaction } from '../port.ts';
import { about, type StepContext } from './context.ts';
import type { StepResult } from './run.ts';

/** A code of a first factor that was sent or withheld. */
export type FirstCode = ChallengeOf<'EmailVerificationCode' | 'PhoneVerificationCode'>;

/** What the user gives, by the factor. */
interface FirstAnswers {
  Password: { identifier: Identifier; password: string };
  NewPasswordIdentity: { username: string; password: string };
  Social: { challenge: SocialChallenge; data: Record<string, unknown> };
  /** `challenge`: a step that finds it is part of what is logged. */
  Code: { identifier: Address; challenge: () => FirstCode; code: string };
  OneTimeToken: { intent?: Intent; email: string; token: string };
}
type FirstFactor = keyof FirstAnswers;

/** The result of a check. */
export interface Fact<P extends Proof = Proof> {
  proof: P;
  event: SignInEvent;
  /** The account, if the check had to look it up. */
  user?: User | undefined;
  /** A link that replaces a forgotten password. */
  recovers?: boolean;
}
interface Facts {
  Password: Fact<Extract<Proof, { type: 'Password' }>> & { user: User };
  NewPasswordIdentity: Fact;
  Social: Fact<Extract<Proof, { type: 'Social' }>>;
  Code: Fact;
  OneTimeToken: Fact;
}

interface Check<Factor extends FirstFactor> {
  attempt: (answer: FirstAnswers[Factor]) => { key: SignInStepKey; params: Record<string, unknown> };
  check: (interaction: Interaction, settings: SignInSettings, answer: FirstAnswers[Factor]) => Promise<Facts[Factor]>;
}

const codeType = ({ type }: Address) => (type === 'email' ? 'EmailVerificationCode' : 'PhoneVerificationCode');
/** The key of a step about a code that is sent to an address. */
export const codeStep = (identifier: Address, verb: 'Create' | 'Submit') => ({
  key: `Verification.${codeType(identifier)}.${verb}` as const,
  params: { identifier },
});
const proved = (proof: Proof): SignInEvent => ({ type: 'proved', proof });
const answered = (proof: Proof): SignInEvent => ({ type: 'answered', challengeId: proof.id, proof });

const checks = ({ factors }: Pick<StepContext, 'factors'>): { [Factor in FirstFactor]: Check<Factor> } => ({
  Password: {
    attempt: ({ identifier }) => ({ key: 'Verification.Password.Submit', params: { identifier } }),
    async check({ tenant }, settings, given) {
      const { proof, user, renewedPassword } = await factors.password.prove(tenant, settings, given);
      return { proof, user, event: { type: 'proved', proof, ...(renewedPassword ? { renewedPassword } : {}) } };
    },
  },
  NewPasswordIdentity: {
    attempt: ({ username }) => ({ key: 'Verification.NewPasswordIdentity.Submit', params: { username } }),
    async check({ tenant }, settings, given) {
      const proof = await factors.password.chooseIdentity(tenant, settings, given);
      return { proof, event: proved(proof) };
    },
  },
  Social: {
    attempt: ({ challenge: { connectorId } }) => ({ key: 'Verification.Social.Submit', params: { connectorId } }),
    async check(interaction, _, { challenge, data }) {
      const proof = await factors.social.verify(interaction, challenge, data);
      return { proof, event: answered(proof) };
    },
  },
  Code: {
    attempt: ({ identifier }) => codeStep(identifier, 'Submit'),
    async check(interaction, settings, { challenge, code }) {
      const proof = await factors.verificationCode.verify(interaction, settings, challenge(), code);
      return { proof, event: answered(proof) };
    },
  },
  OneTimeToken: {
    attempt: ({ email: value }) => ({
      key: 'Verification.OneTimeToken.Submit',
      params: { identifier: { type: 'email', value } },
    }),
    async check(interaction, settings, given) {
      const { proof, user, recovers } = await factors.oneTimeToken.prove(interaction, settings, given);
      return { proof, user, recovers, event: proved(proof) };
    },
  },
});

export type CheckFactor = <Factor extends FirstFactor>(
  interaction: Interaction,
  factor: Factor,
  answer: FirstAnswers[Factor],
) => Promise<Facts[Factor] & { settings: SignInSettings }>;

/** Checks an answer, and logs what was refused. Nothing is stored yet. */
export function createCheck(context: Pick<StepContext, 'factors' | 'audit' | 'settings'>): CheckFactor {
  const known = checks(context);
  return async (interaction, factor, answer) => {
    const settings = await context.settings(interaction.tenant);
    const { attempt, check } = known[factor];
    const fact = await context.audit.attempt(interaction, attempt(answer), () => check(interaction, settings, answer));
    return { ...fact, settings };
  };
}

export interface VerifySteps {
  /** Checks a first factor and stores the verification record. The identification decides what it counts for. */
  verify: <Factor extends 'Password' | 'NewPasswordIdentity' | 'OneTimeToken'>(
    interaction: Interaction,
    factor: Factor,
    answer: FirstAnswers[Factor],
  ) => Promise<Facts[Factor]['proof']>;
  /**
   * The provider's answer, for a page that keeps the `state` itself. One answer counts, also when it is refused.
   * @throws AldabaError `session.verification_session_not_found`, `session.connector_id_mismatch`,
   * `session.verification_failed`,
   *   and as the factor's `verify`
   */
  verifySocial: (
    interaction: Interaction,
    given: { verificationId: string; connectorId: string; data: Record<string, unknown> },
  ) => Promise<Proof>;
  /**
   * A sent code. @throws AldabaError as the factor's `verify`; `verification_code.email_mismatch`, `…phone_mismatch`
   */
  verifyCode: (
    interaction: Interaction,
    given: { verificationId: string; identifier: Address; code: string },
  ) => Promise<Proof>;
}

export function createVerifySteps(context: StepContext & { check: CheckFactor }): VerifySteps {
  const { check, take, stateOf, accountOf } = context;
  return {
    async verify(interaction, factor, answer) {
      stateOf(interaction);
      const { proof, event, settings } = await check(interaction, factor, answer);
      await take(interaction, [event], { settings });
      return proof;
    },
    async verifySocial(interaction, { verificationId, connectorId, data }) {
      const challenge = stateOf(interaction).challenges.find(({ id }) => id === verificationId);
      if (challenge?.type !== 'Social' || challenge.stateHash !== undefined)
        throw new AldabaError('session.verification_session_not_found');
      if (challenge.connectorId !== connectorId) throw new AldabaError('session.connector_id_mismatch');
      if (data.redirectUri !== undefined && data.redirectUri !== challenge.redirectUri)
        throw new AldabaError('session.verification_failed');
      const { proof, event } = await check(interaction, 'Social', { challenge, data }).catch(async (error: unknown) => {
        await take(interaction, [{ type: 'answered', challengeId: challenge.id }]);
        throw error;
      });
      await take(interaction, [event]);
      return proof;
    },
    async verifyCode(interaction, { verificationId, identifier, code }) {
      const state = stateOf(interaction);
      const challenge = () => {
        const found = state.challenges.find(({ id }) => id === verificationId);
        if (found?.type !== 'EmailVerificationCode' && found?.type !== 'PhoneVerificationCode')
          throw new AldabaError('session.verification_session_not_found');
        if (!isSameAddress(found.identifier, normalizeIdentifier(identifier)))
          throw new AldabaError(`verification_code.${identifier.type}_mismatch`);
        return found;
      };
      const { proof, event, settings } = await check(interaction, 'Code', { identifier, challenge, code });
      const account = await accountOf(interaction, state);
      await take(interaction, [{ ...event, ...(account ? { account } : {}) } as SignInEvent], { settings });
      return proof;
    },
  };
}

export interface IdentifySteps {
  /**
   * @param given `verificationId`: of what was verified; without it a new account is made of the details that were
   * added
   * @throws AldabaError what the machine refuses with; `user.identity_not_exist` names an account with the identity's
   * address
   */
  identify: (
    interaction: Interaction,
    given: { verificationId?: string | undefined; linkSocialIdentity?: boolean | undefined },
  ) => Promise<StepResult>;
  /** Completes the sign-in. @throws AldabaError what the machine refuses with */
  submit: (interaction: Interaction) => Promise<StepResult>;
}

export function createIdentifySteps(context: StepContext): IdentifySteps {
  const { take, stateOf, accountOf } = context;
  return {
    async identify(interaction, { verificationId, linkSocialIdentity }) {
      const proof = stateOf(interaction).proofs.find(({ id }) => id === verificationId);
      const event: SignInEvent = {
        type: 'identified',
        ...(verificationId === undefined ? {} : { proofId: verificationId }),
        ...about(proof && (await findProved(context, interaction, proof))),
        ...(linkSocialIdentity ? { link: true } : {}),
      };
      return take(interaction, [event]).catch((error: unknown) => withRelatedUser(context, interaction, proof, error));
    },
    async submit(interaction) {
      const account = await accountOf(interaction, stateOf(interaction));
      return take(interaction, [{ type: 'submitted', ...about(account) }]);
    },
  };
}

async function findProved(
  { needs: { users }, accounts, settings }: StepContext,
  interaction: Interaction,
  proof: Proof,
): Promise<Account | undefined> {
  const { tenant } = interaction;
  const find = (): Promise<User | undefined> | undefined => {
    if (proof.type === 'Password') return users.find(tenant.db, proof.userId);
    if (proof.type === 'Social') return users.findByIdentity(tenant.db, proof.target, proof.identity.id);
    return provesAddress(proof) ? users.findByIdentifier(tenant.db, proof.identifier) : undefined;
  };
  const user = await find();
  return user && accounts.of(interaction, await settings(tenant), user);
}

/**
 * An unknown social identity whose email or phone an account has: custom pages offer to sign in with that account
 * first.
 */
async function withRelatedUser(
  { needs }: StepContext,
  { tenant }: Interaction,
  proof: Proof | undefined,
  error: unknown,
): Promise<never> {
  if (!(error instanceof AldabaError) || error.code !== 'user.identity_not_exist' || proof?.type !== 'Social')
    throw error;
  for (const type of ['email', 'phone'] as const) {
    const value = proof.identity[type];
    if (value && (await needs.users.findByIdentifier(tenant.db, { type, value })))
      throw new AldabaError('user.identity_not_exist', { relatedUser: { type, value } }, { cause: error });
  }
  throw error;
}

/** The account chooser: the account that is signed in in this browser. */
export interface AccountChoiceSteps {
  /** The user who is signed in, and what the application is called; undefined when there is no account to choose. */
  findSignedIn: (interaction: Interaction) => Promise<{ user: User; applicationName: string } | undefined>;
  /** Goes on with the account that is signed in. @throws AldabaError `session.not_found` */
  continueAs: (interaction: Interaction, userId: string) => Promise<{ redirectTo: string }>;
}

export function createAccountChoiceSteps({
  port,
  users,
  applications,
  applicationExperiences,
}: Pick<SignInNeeds, 'port' | 'users' | 'applications' | 'applicationExperiences'>): AccountChoiceSteps {
  return {
    async findSignedIn({ tenant, applicationId, sessionUserId }) {
      const user = sessionUserId === undefined ? undefined : await users.find(tenant.db, sessionUserId);
      const client = user && (await applications.findClient(tenant, applicationId));
      if (!user || !client) return undefined;
      const { displayName } = await applicationExperiences.lookOf(tenant, applicationId);
      return { user, applicationName: displayName || client.name };
    },
    continueAs: (interaction, userId) => port.choose(interaction.tenant.db, interaction, userId),
  };
}

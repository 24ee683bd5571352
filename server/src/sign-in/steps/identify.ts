/**
 * Steps that say who the user is, by something that was verified or by the account chooser (`prompt=select_account`),
 * and that complete the sign-in.
 */
import type { User } from '../../features/people/users/user.ts';
import { AldabaError } from '../../kernel/errors.ts';
import { type Proof, provesAddress } from '../machine/state.ts';
import type { Account, SignInEvent } from '../machine/vocabulary.ts';
import type { SignInNeeds } from '../needs.ts';
import type { Interaction } from '../port.ts';
import { about, type StepContext } from './context.ts';
import type { StepResult } from './run.ts';

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

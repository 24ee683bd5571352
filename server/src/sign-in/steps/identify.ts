/** Steps that say who the user is, by something that was verified, and that complete the sign-in. */
import type { User } from '../../features/people/users/user.ts';
import { AldabaError } from '../../kernel/errors.ts';
import { type Proof, provesAddress } from '../machine/state.ts';
import type { Account, SignInEvent } from '../machine/vocabulary.ts';
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
  identify(
    interaction: Interaction,
    given: { verificationId?: string | undefined; linkSocialIdentity?: boolean | undefined },
  ): Promise<StepResult>;
  /** Completes the sign-in. @throws AldabaError what the machine refuses with */
  submit(interaction: Interaction): Promise<StepResult>;
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

/**
 * Linking: finds the account that has an address of an unknown social identity, asks the user about it, and writes what
 * the machine decided.
 */
import { AldabaError } from '../../../kernel/errors.ts';
import { normalizeIdentifier } from '../../../kernel/identifiers.ts';
import type { Transaction } from '../../../store/index.ts';
import { isAutomatic } from '../../machine/linking/index.ts';
import { termsOf } from '../../machine/policy.ts';
import type { Proof } from '../../machine/state.ts';
import type { Effect, Related, SignInEvent } from '../../machine/vocabulary.ts';
import type { Interaction } from '../../port.ts';
import type { LoadedInteraction, StepContext, StepNeeds, StepResult } from '../context.ts';

type SocialProof = Extract<Proof, { type: 'Social' }>;
type LinkEffect = Extract<Effect, { type: 'link-identity' | 'reclaim-account' | 'verify-email' }>;

/** The account that has the email address, or else the phone number, that the provider reported. */
export async function findRelated(
  { needs: { users }, accountFor }: Pick<StepContext, 'needs' | 'accountFor'>,
  interaction: LoadedInteraction,
  proof: Proof | undefined,
): Promise<Related | undefined> {
  if (proof?.type !== 'Social') return undefined;
  const { db } = interaction.tenant;
  for (const type of ['email', 'phone'] as const) {
    const { [type]: value } = proof.identity;
    const address = value && normalizeIdentifier({ type, value });
    const user = address ? await users.findByIdentifier(db, address) : undefined;
    const account = user && (await accountFor(interaction, user));
    if (address && account) {
      const isVerified = type === 'email' && (await users.isEmailVerified(db, user.id));
      return { account, address, isVerified };
    }
  }
  return undefined;
}

/**
 * The provider's answer names an unknown identity. Where an account has its address, links it on the provider's word if
 * that is allowed, else asks the user; undefined where no account can take it.
 */
export async function meetRelated(
  context: Pick<StepContext, 'needs' | 'accountFor' | 'take'>,
  interaction: LoadedInteraction,
  { proof, event }: { proof: SocialProof; event: SignInEvent },
): Promise<StepResult | undefined> {
  const { policy } = interaction;
  const related = policy.signIn ? await findRelated(context, interaction, proof) : undefined;
  if (!related || Object.hasOwn(related.account.identities, proof.target)) return undefined;
  const { id: proofId } = proof;
  if (!isAutomatic(proof, related, policy))
    return context.take(interaction, [event, { type: 'link-offered', proofId, related }]);
  const { account } = related;
  return context.take(interaction, [event, { type: 'identified', proofId, link: true, related }], { account });
}

export function createLinkSteps({ take, stateOf, accountFor, needs: { users } }: StepContext) {
  return {
    /** The user says that the account is theirs, and signs in to it next. */
    acceptLink: (interaction: LoadedInteraction) => take(interaction, [{ type: 'link-answered', proves: true }]),
    /**
     * The user wants a new account with the identity.
     * @throws AldabaError `user.identity_not_exist` where none can be created, `user.terms_required`, and what the
     *   machine refuses with
     */
    async declineLink(interaction: LoadedInteraction, { agreed }: { agreed: boolean }) {
      const { policy, settings, tenant } = interaction;
      const { linking } = stateOf(interaction);
      if (!policy.register) throw new AldabaError('user.identity_not_exist');
      if (!linking) throw new AldabaError('session.verification_session_not_found');
      if (termsOf(settings, 'register') === 'checkbox' && !agreed) throw new AldabaError('user.terms_required');
      const { id: proofId, target, identity } = linking.proof;
      const account = await accountFor(interaction, await users.findByIdentity(tenant.db, target, identity.id));
      const answered = { type: 'link-answered', proves: false } as const;
      const registers = { type: 'intent-changed', intent: 'Register' } as const;
      return take(interaction, [answered, registers, { type: 'identified', proofId, account }], { account });
    },
  };
}

/**
 * Gives the account the identity and tells its owner, or first removes what was set before its email address was
 * verified.
 * @throws AldabaError `user.identity_already_in_use`, `user.identity_exists_in_profile`: the user did not agree to
 *   replace an identity
 */
export async function executeLink(
  { users, changes, logs }: Pick<StepNeeds, 'users' | 'changes' | 'logs'>,
  tx: Transaction,
  { tenant, applicationId, uidHash: sessionId }: Interaction,
  effect: LinkEffect,
): Promise<void> {
  const { userId } = effect;
  const log = (
    key: 'Account.Reclaim' | 'Account.VerifyEmail' | 'Account.LinkIdentity',
    params: Record<string, unknown> = {},
  ) =>
    tx.afterCommit(() => logs.write(tenant.id, { key, result: 'Success', userId, applicationId, sessionId, params }));
  if (effect.type === 'reclaim-account') {
    if (await users.reclaim(tx, userId)) log('Account.Reclaim');
    else if (effect.required) throw new AldabaError('session.verification_failed');
    return;
  }
  if (effect.type === 'verify-email') {
    if (await users.verifyEmail(tx, userId, effect.email)) log('Account.VerifyEmail');
    return;
  }
  const { target, userId: identityId, details } = effect.identity;
  if (!(await users.linkIdentity(tx, userId, target, { userId: identityId, details: { ...details } })))
    throw new AldabaError('user.identity_exists_in_profile');
  await changes.announce(tx, 'account.changed', { userId, what: 'social-linked' });
  log('Account.LinkIdentity', { target, identity: identityId, automatic: effect.automatic });
}

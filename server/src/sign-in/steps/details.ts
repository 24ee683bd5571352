/**
 * Steps that add details to the account: a name, a password, an address, a social identity, answers to profile fields.
 */
import { AldabaError } from '../../kernel/errors.ts';
import { replacesPassword } from '../machine/details.ts';
import { type ExtraProfile, isCodeProof, type PendingProfile, type SignInState } from '../machine/state.ts';
import type { Account, SignInEvent } from '../machine/vocabulary.ts';
import type { LoadedInteraction, StepContext } from './context.ts';

export type Detail =
  | { type: 'username' | 'password'; value: string }
  | { type: 'email' | 'phone' | 'social'; verificationId: string }
  | { type: 'extraProfile'; profile: ExtraProfile };

export function createDetailSteps(context: StepContext) {
  const { take, stateOf, accountOf } = context;
  return {
    /**
     * @param options `completes`: makes the account, or completes the sign-in, when nothing is missing any more
     * @throws AldabaError as the password factor's `chooseUsername` and `choosePassword`, and what the machine refuses
     *   with
     */
    async addDetails(interaction: LoadedInteraction, details: readonly Detail[], { completes = false } = {}) {
      const state = stateOf(interaction);
      const account = await accountOf(interaction);
      const events: SignInEvent[] = [];
      for (const detail of details)
        events.push(await eventOf(context, interaction, detail, { details, state, account }));
      if (completes && state.intent === 'Register' && !account) events.push({ type: 'identified' });
      return take(interaction, events, completes ? { account } : undefined);
    },
    /**
     * Puts a new password in place of the forgotten one. No user is signed in by it.
     * @throws AldabaError as `addDetails`
     */
    async resetPassword(interaction: LoadedInteraction, value: string) {
      const state = stateOf(interaction);
      const account = await accountOf(interaction);
      // Users who have not shown the code are refused before the new password is compared with the old.
      if (state.intent !== 'ForgotPassword' || !account) throw new AldabaError('session.identifier_not_found');
      const detail: Detail = { type: 'password', value };
      const chosen = await eventOf(context, interaction, detail, { details: [detail], state, account });
      return take(interaction, [chosen, { type: 'submitted', account }]);
    },
  };
}

interface Given {
  details: readonly Detail[];
  state: SignInState;
  account: Account | undefined;
}

async function eventOf(
  { needs: { users }, factors: { password } }: StepContext,
  { tenant, settings }: LoadedInteraction,
  detail: Detail,
  { details, state, account }: Given,
): Promise<SignInEvent> {
  const proofOf = (verificationId: string) => state.proofs.find(({ id }) => id === verificationId);
  switch (detail.type) {
    case 'username': {
      const chosen = await password.chooseUsername(tenant, settings, detail.value);
      return { type: 'username-chosen', account, ...chosen };
    }
    case 'password': {
      const user = account && (await users.find(tenant.db, account.id));
      // Only a user who replaces a password learns that the new one equals the old one: the answer confirms guesses.
      const replaced = replacesPassword(state) ? account : undefined;
      const sealed = await password.choosePassword(tenant, settings, {
        password: detail.value,
        profile: withGiven(state.profile, details),
        user,
        account: replaced,
      });
      return { type: 'password-chosen', account, password: sealed };
    }
    case 'email':
    case 'phone': {
      const proof = proofOf(detail.verificationId);
      if (!proof || !isCodeProof(proof) || proof.identifier.type !== detail.type)
        throw new AldabaError('session.verification_session_not_found');
      const owner = await users.findByIdentifier(tenant.db, proof.identifier);
      const taken = owner !== undefined && owner.id !== account?.id;
      return { type: 'address-added', account, proofId: proof.id, taken };
    }
    case 'social': {
      const proof = proofOf(detail.verificationId);
      const isSocial = proof?.type === 'Social';
      const owner = isSocial && (await users.findByIdentity(tenant.db, proof.target, proof.identity.id));
      return { type: 'social-added', account, proofId: detail.verificationId, inUse: Boolean(owner) };
    }
    case 'extraProfile':
      return { type: 'profile-added', account, profile: detail.profile };
  }
}

/** The known details of the user, including those of the same step. */
function withGiven(profile: PendingProfile, details: readonly Detail[]): PendingProfile {
  const parts = details.map((detail): PendingProfile => {
    if (detail.type === 'username') return { username: detail.value };
    return detail.type === 'extraProfile' ? detail.profile : {};
  });
  return Object.assign({}, profile, ...parts);
}

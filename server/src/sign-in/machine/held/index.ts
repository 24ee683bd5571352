/**
 * Proofs that no longer hold: a sign-in may wait for an hour, and the account loses in between what began it: an
 * address, an identity, a passkey, an authenticator app. Such a sign-in adds nothing and does not complete. A replaced
 * password is noticed where the sign-in is written: only there its hash is read. Pure.
 */
import { withNewAddresses } from '../details.ts';
import { hasAddress } from '../factor.ts';
import type { Proof, SignInState } from '../state.ts';
import type { Account, Refusal, SignInEvent } from '../vocabulary.ts';

/** Why a sign-in must not go on: a proof that counted shows something that the account does not have any more. */
export function refusalOfLost(state: SignInState | undefined, event: SignInEvent): Refusal | undefined {
  const account = 'account' in event ? event.account : undefined;
  if (!state || !account || account.id !== state.userId) return undefined;
  const isLost = (proof: Proof) => proof.used && !isHeld(proof, state, account);
  return state.proofs.some(isLost) ? { refused: 'session.verification_failed' } : undefined;
}

function isHeld(proof: Proof, state: SignInState, account: Account): boolean {
  if ('factorId' in proof) return account.secondFactors?.factors.some(({ id }) => id === proof.factorId) === true;
  if (proof.type === 'Social') {
    const { target, identity } = proof;
    const isPending = state.profile.identities?.some((own) => own.target === target && own.userId === identity.id);
    return isPending === true || identityOf(account, target) === identity.id;
  }
  if (!('identifier' in proof)) return true;
  const { type, value } = proof.identifier;
  const withNew = withNewAddresses(state, account) ?? account;
  return type === 'username' || hasAddress(withNew, { identifier: { type, value } });
}

/** The person that the account is at a provider. */
const identityOf = ({ identities }: Account, target: string): string | undefined =>
  Object.hasOwn(identities, target) ? identities[target] : undefined;

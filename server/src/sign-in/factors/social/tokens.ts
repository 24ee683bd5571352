/** The provider's tokens, where the connector stores them. */
import type { Transaction } from '../../../store/index.ts';
import type { Proof } from '../../machine/state.ts';
import type { SignInNeeds } from '../../needs.ts';

/** Stores the tokens that came with a proof, for the user whose identity it is. Returns whether they are stored. */
export async function keepTokens(
  { tokenSets }: Pick<SignInNeeds, 'tokenSets'>,
  tx: Transaction,
  userId: string,
  { id, connectorId, target, identity, tokensSealed: sealed }: Extract<Proof, { type: 'Social' }>,
): Promise<boolean> {
  if (sealed === undefined) return false;
  return tokenSets.keep(tx, { userId, connectorId, target, identityId: identity.id, isSso: false }, { id, sealed });
}

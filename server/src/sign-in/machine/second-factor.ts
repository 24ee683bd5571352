/**
 * Which second factor a sign-in asks for, and whether one has to be set up first. Pure. The policy applies after every
 * first factor; the first factor only decides which factors are left to show (NIST SP 800-63B section 4.2).
 */
import { isSameAddress, maskAddress } from './factor.ts';
import {
  codeFactorOf,
  codeFactors,
  isBackup,
  secondFactorOf,
  secondFactorTypes,
  signInFactors,
  traitsOf,
} from './factors.ts';
import type { SecondFactorPolicy, SecondFactorType, SignInPolicy } from './policy.ts';
import { type Address, isCodeProof, isSecondProof, type SecondProof, type SignInState } from './state.ts';
import type { Account, Prompt, Refusal } from './vocabulary.ts';

/** The factor that a proof shows. */
export const factorOf = ({ type }: SecondProof): SecondFactorType => {
  const factor = secondFactorOf(type);
  if (!factor) throw new TypeError(`${type} is no second factor`);
  return factor;
};

/** Whether a code to this address was the first factor, which cannot be the second too. */
const wasProved = ({ proofs }: SignInState, address: Address): boolean =>
  proofs.some((proof) => isCodeProof(proof) && proof.used && isSameAddress(proof.identifier, address));

/** Whether the identified person has shown two factors in this sign-in: a second one, or one that stands for two. */
export const wasShown = ({ proofs, userId }: SignInState): boolean =>
  proofs.some(
    (proof) =>
      (isSecondProof(proof) || traitsOf(proof.type).isMultiFactor) &&
      'userId' in proof &&
      proof.used &&
      proof.userId === userId,
  );

/** Kinds that the account has set up and the tenant lets count, the last used first. */
function ownFactors({ factors }: SecondFactorPolicy, { secondFactors }: Account): SecondFactorType[] {
  const lastUse = new Map<SecondFactorType, number>();
  for (const { type, lastUsedAt = 0, remainCodes } of secondFactors?.factors ?? []) {
    if (!factors.includes(type) || (isBackup(type) && !remainCodes)) continue;
    lastUse.set(type, Math.max(lastUse.get(type) ?? 0, lastUsedAt));
  }
  const rank = (type: SecondFactorType) => lastUse.get(type) ?? 0;
  return secondFactorTypes.filter((type) => lastUse.has(type)).sort((a, b) => rank(b) - rank(a));
}

/** Kinds that come with the account's addresses. */
const addressFactors = (
  { factors }: SecondFactorPolicy,
  { addresses }: Pick<Account, 'addresses'>,
): SecondFactorType[] =>
  secondFactorTypes.filter(
    (type) => factors.includes(type) && addresses.some((address) => codeFactorOf(address) === type),
  );

/** What the user could show, the best first. A code to the address that was the first factor is not a second one. */
export function usableFactors(state: SignInState, policy: SecondFactorPolicy, account: Account): SecondFactorType[] {
  const addresses = account.addresses.filter((address) => !wasProved(state, address));
  const byAddress = addressFactors(policy, { addresses });
  const own = ownFactors(policy, account);
  const usable = [...own.filter((type) => !isBackup(type)), ...byAddress, ...own.filter(isBackup)];
  // After a link to an address, a code to it only proves that the link was not forwarded.
  const others = usable.filter((type) => !addresses.some((address) => isLinked(state, address, type)));
  return others.length > 0 ? others : usable;
}

const isLinked = ({ proofs }: SignInState, address: Address, factor: SecondFactorType): boolean =>
  codeFactorOf(address) === factor &&
  proofs.some((proof) => proof.type === 'OneTimeToken' && proof.used && isSameAddress(proof.identifier, address));

const isMandatory = (policy: SecondFactorPolicy, { secondFactors }: Account): boolean =>
  policy.mandatory || (policy.mandatoryByOrganization && secondFactors?.isRequiredByOrganization === true);

/** Whether the account has a second factor that the user set up or chose. */
const wantsFactor = (policy: SecondFactorPolicy, account: Account): boolean =>
  account.secondFactors?.enabled === true || ownFactors(policy, account).length > 0;

/** The factors to choose from now, the best first; empty when none is due. */
export function factorsToShow(state: SignInState, policy: SecondFactorPolicy, account: Account): SecondFactorType[] {
  if (state.intent !== 'SignIn' || state.userId !== account.id || wasShown(state)) return [];
  const { skipMfaOnSignIn = false, isRequiredByOrganization = false } = account.secondFactors ?? {};
  // An unusual sign-in and an application that requires 2 factors override the user's wish not to be asked. The wish
  // does not count either for members of an organization that issues tokens only after a second factor.
  const isSkipped = skipMfaOnSignIn && !isRequiredByOrganization;
  const isAsked =
    isMandatory(policy, account) ||
    account.risks.length > 0 ||
    account.requiresSecondFactor ||
    (wantsFactor(policy, account) && !isSkipped);
  return isAsked ? usableFactors(state, policy, account) : [];
}

/** Only addresses that a code may go to: the first factor alone reveals no other address. */
export const maskedFactors = (addresses: readonly Address[], factors: readonly SecondFactorType[]) =>
  Object.fromEntries(
    addresses
      .map((address) => [codeFactorOf(address), maskAddress(address)] as const)
      .filter(([factor]) => factors.includes(factor)),
  );

type AddFactor = Omit<Extract<Prompt, { kind: 'add-factor' }>, 'kind' | 'reason'>;

/** What the user is asked to set up, if anything. */
export function factorsToAdd(state: SignInState, policy: SecondFactorPolicy, account: Account): AddFactor | undefined {
  const { choices = {}, newFactors = [], intent } = state;
  const { secondFactors } = account;
  const mandatory = isMandatory(policy, account);
  // The rule of an organization applies at sign-in regardless of the tenant's prompt, once the user is a member.
  const isPrompted =
    intent === 'Register' ? policy.promptAtSignUp : policy.promptAtSignIn || (mandatory && !policy.mandatory);
  if (!isPrompted) return undefined;
  // A factor that was just set up and no longer counts leaves the user without one.
  const added = newFactors.map(({ type }) => type).filter((type) => policy.factors.includes(type));
  const made = [...ownFactors(policy, account), ...added].filter((type) => !isBackup(type));
  if (made.length > 0) return undefined;
  const byAddress = addressFactors(policy, account);
  const wanted = secondFactorTypes.filter(
    (type) => !isBackup(type) && policy.factors.includes(type) && !byAddress.includes(type),
  );
  const available = wanted.filter((type) => !policy.unavailable.includes(type));
  // A factor that is required and cannot be set up stops the sign-in: its page says why.
  const others = available.length === 0 && mandatory ? wanted : available;
  if (mandatory) {
    if (byAddress.length === 0) return others.length > 0 ? { factors: others, skippable: false } : undefined;
    // An address is accepted but is the weakest factor: a better one is suggested once.
    const better = others.filter((type) => !codeFactors.includes(type));
    if (better.length === 0 || choices.suggestionSkipped || secondFactors?.suggestionSkipped) return undefined;
    return { factors: better, skippable: true, additional: [...others, ...byAddress] };
  }
  if (choices.skipped || secondFactors?.skipped) return undefined;
  if (byAddress.length > 0 && (choices.enabled || secondFactors?.enabled)) return undefined;
  const factors = [...others, ...byAddress];
  return factors.length > 0 ? { factors, skippable: true, ...(choices.enabled ? { wanted: true } : {}) } : undefined;
}

/** Whether the account has a factor that signs in by itself. */
export const hasSignInFactor = (account: Account | undefined): boolean =>
  account?.secondFactors?.factors.some(({ type }) => signInFactors.includes(type)) === true;

/** A factor to sign in with next time, offered once to an account that has none. */
export function passkeyToOffer(state: SignInState, policy: SignInPolicy, account: Account): AddFactor | undefined {
  const { choices = {}, newFactors = [] } = state;
  if (!policy.passkeySignIn || choices.passkeySkipped || account.secondFactors?.passkeySkipped) return undefined;
  if (hasSignInFactor(account) || newFactors.some(({ type }) => signInFactors.includes(type))) return undefined;
  // One page asks: where it counts as a second factor too, it is among those to set up, or the user just chose another.
  const isAmongSecond = policy.secondFactors.factors.some((type) => signInFactors.includes(type));
  const asked = factorsToAdd(state, policy.secondFactors, account);
  const isAnswered = newFactors.length > 0 || Object.keys(choices).length > 0;
  if (isAmongSecond && (isAnswered || asked?.factors.some((type) => signInFactors.includes(type)))) return undefined;
  return { factors: signInFactors, skippable: true, signsIn: true };
}

/** The refusal for a factor that has to be set up. */
export function refusalToAdd({
  factors,
  skippable,
  additional,
  wanted,
  signsIn,
}: Extract<Prompt, { kind: 'add-factor' }>): Refusal {
  if (signsIn) return { refused: 'user.passkey_preferred' };
  if (additional)
    return { refused: 'session.mfa.suggest_additional_mfa', data: { availableFactors: additional, skippable } };
  const isSuggestion = skippable && !wanted;
  return {
    refused: isSuggestion ? 'user.suggest_mfa' : 'user.missing_mfa',
    data: { availableFactors: factors, skippable },
  };
}

/**
 * Whether backup codes are missing for a factor: one that was just set up or, if users are prompted at all, one that
 * the account has. The latter only after a factor was shown: the first factor alone must not create backup codes.
 */
export const needsBackupCodes = (state: SignInState, policy: SecondFactorPolicy, account: Account): boolean => {
  const added = (state.newFactors ?? []).map(({ type }) => type).filter((type) => policy.factors.includes(type));
  const own = ownFactors(policy, account);
  const isMade = [...own, ...added].some(isBackup);
  const isAsked = added.length > 0 || (policy.promptAtSignIn && own.length > 0 && wasShown(state));
  return policy.factors.some(isBackup) && isAsked && !isMade;
};

/** Authentication methods, in the words of RFC 8176 where it has one. */
export function methodsOf({ proofs }: SignInState): string[] {
  const used = proofs.filter((proof) => proof.used);
  const named = used
    .map((proof) => ('amr' in proof && proof.amr) || traitsOf(proof.type).amr)
    .filter((method) => method !== undefined);
  const isMultiFactor = used.some((proof) => isSecondProof(proof) || traitsOf(proof.type).isMultiFactor);
  return [...new Set([...named, ...(isMultiFactor ? ['mfa'] : [])])];
}

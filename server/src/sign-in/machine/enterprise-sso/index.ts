/**
 * Enterprise sign-in: the domain of an email address decides that its company's provider signs the user in, and no
 * other way does. The provider's word leads to the account that has the identity, to the account of an email address
 * whose domain the connector is responsible for, or to a new account. Pure.
 */
import { hasAddress, isSameAddress } from '../factor.ts';
import { settleLink } from '../linking/index.ts';
import type { SignInPolicy } from '../policy.ts';
import { type PendingProfile, type Proof, type SignInState, use } from '../state.ts';
import type { Account, Effect, Outcome, Refusal, SignInEvent } from '../vocabulary.ts';

type SsoProof = Extract<Proof, { type: 'EnterpriseSso' }>;
type Identified = Extract<SignInEvent, { type: 'identified' }>;
export type OfferedConnectors = SignInPolicy['sso'];

const domainOf = (email: string): string => email.slice(email.lastIndexOf('@') + 1).toLowerCase();

/** The connectors that sign in the addresses of a domain. */
export const connectorsFor = (connectors: OfferedConnectors, email: string): OfferedConnectors =>
  connectors.filter(({ domains }) => domains.includes(domainOf(email)));

/** The refusal of every other way, if the company of one of the addresses signs its users in. */
export function refusalByDomain(emails: readonly string[], { sso }: Pick<SignInPolicy, 'sso'>): Refusal | undefined {
  const found = sso.filter((connector) => emails.some((email) => connectorsFor([connector], email).length > 0));
  if (found.length === 0) return undefined;
  const ssoConnectors = found.map(({ id, connectorName, logo, darkLogo }) => ({
    id,
    connectorName,
    logo,
    ...(darkLogo === undefined ? {} : { darkLogo }),
  }));
  return { refused: 'session.sso_enabled', data: { ssoConnectors } };
}

const emailsOf = (account: Pick<Account, 'addresses'> | undefined): string[] =>
  account?.addresses.filter(({ type }) => type === 'email').map(({ value }) => value) ?? [];

/** Why a proof of another way must not identify the user: neither its address nor its account is a company's. */
export function refusalOfOtherWay(
  { proofs, userId }: SignInState,
  proof: Proof | undefined,
  { account, related, link, policy }: Identified & { policy: SignInPolicy },
): Refusal | undefined {
  if (policy.sso.length === 0 || proof?.type === 'EnterpriseSso') return undefined;
  // A social account that is to be linked identifies no one: the company has.
  if (link && userId !== undefined && usedProof({ proofs })) return undefined;
  const given = proof && 'identifier' in proof && proof.identifier.type === 'email' ? [proof.identifier.value] : [];
  return refusalByDomain([...given, ...emailsOf(account ?? related?.account)], policy);
}

/** The same for an address that is to be added: its company would sign the user in from then on. */
export function refusalOfAddress(
  { proofs }: SignInState,
  event: SignInEvent,
  policy: SignInPolicy,
): Refusal | undefined {
  if (event.type !== 'address-added') return undefined;
  const proof = proofs.find(({ id }) => id === event.proofId);
  const email = proof && 'identifier' in proof && proof.identifier.type === 'email' ? [proof.identifier.value] : [];
  return refusalByDomain(email, policy);
}

export const isSsoProof = (proof: Proof | undefined): proof is SsoProof => proof?.type === 'EnterpriseSso';
const usedProof = ({ proofs }: Pick<SignInState, 'proofs'>) =>
  proofs.find((proof): proof is SsoProof => proof.used && isSsoProof(proof));

/**
 * The policy after an enterprise sign-in: the provider is responsible for second factors and details, unless the
 * connector asks for the tenant's factors. An application that accepts no sign-in with one factor gets its second one.
 */
export function policyAfterSso(policy: SignInPolicy, state: SignInState, account: Account | undefined): SignInPolicy {
  const proof = usedProof(state);
  if (!proof) return policy;
  const connector = policy.sso.find(({ id }) => id === proof.connectorId);
  const keepsFactors = connector?.requiresMfa === true || account?.requiresSecondFactor === true;
  return {
    ...policy,
    required: [],
    passkeySignIn: false,
    secondFactors: keepsFactors ? policy.secondFactors : { ...policy.secondFactors, factors: [] },
  };
}

const nameAndAvatar = ({ person: { name, avatar } }: SsoProof): Pick<PendingProfile, 'name' | 'avatar'> => ({
  ...(name === undefined ? {} : { name }),
  ...(avatar === undefined ? {} : { avatar }),
});

/** The provider stands for the address, so it stands for a code sent there. */
const isVouchedFor = ({ person }: SsoProof, address: { type: 'email' | 'phone'; value: string }): boolean =>
  person.isVouched === true &&
  person.email !== undefined &&
  isSameAddress({ type: 'email', value: person.email }, address);

/** The provider named a person: finds the account, or begins a new one. */
export function identifyBySso(state: SignInState, proof: SsoProof, event: Identified): Outcome {
  const { account, related } = event;
  if (state.intent === 'ForgotPassword') return { refused: 'session.not_supported_for_forgot_password' };
  const found = account ?? related?.account;
  if (state.userId !== undefined && state.userId !== found?.id) return { refused: 'session.identity_conflict' };
  if (!found) return state.intent === 'Register' ? begin(state, proof) : { refused: 'user.sso_identity_not_exist' };
  if (state.intent === 'Register')
    return { refused: account ? 'user.identity_already_in_use' : 'user.email_already_in_use' };
  if (!account && !(related && isVouchedFor(proof, related.address) && isOwnerOf(related)))
    return { refused: 'user.sso_identity_not_exist' };
  if (found.isSuspended) return { refused: 'user.suspended' };
  const synced = proof.syncProfile ? nameAndAvatar(proof) : {};
  const identified: SignInState = {
    ...use(state, proof),
    userId: found.id,
    profile: { ...state.profile, ...synced },
    ...(account ? {} : { adopted: related?.isVerified ? 'verified' : 'unverified' }),
  };
  return { state: settleLink(identified, found) };
}

/**
 * The account as a company's user answers for it. One that was found by an address that it had never proved loses, at
 * the end, what was set before; so none of it is asked for, and none of it counts.
 */
export function withoutStrangers(state: SignInState, account: Account | undefined): Account | undefined {
  const email = usedProof(state)?.person.email;
  if (state.adopted !== 'unverified' || !account || account.id !== state.userId || email === undefined) return account;
  const { secondFactors, ...rest } = account;
  return {
    ...rest,
    password: false,
    phone: false,
    social: false,
    identities: {},
    addresses: account.addresses.filter((address) => isSameAddress(address, { type: 'email', value: email })),
    trustedDevice: undefined,
    ...(secondFactors ? { secondFactors: { ...secondFactors, ...nothingChosen } } : {}),
  };
}

/** Second factors and decisions of a user who has made none. */
const nothingChosen = {
  factors: [],
  enabled: false,
  skipped: false,
  suggestionSkipped: false,
  skipMfaOnSignIn: false,
  passkeySkipped: false,
};

const isOwnerOf = ({ account, address }: NonNullable<Identified['related']>) =>
  hasAddress(account, { identifier: address });

/** A new account, which needs nothing but what the provider told. What began another one does not prove this one. */
function begin(state: SignInState, proof: SsoProof): Outcome {
  const { email, isVouched } = proof.person;
  const profile: PendingProfile = { ...nameAndAvatar(proof), ...(isVouched && email !== undefined ? { email } : {}) };
  const begun = { ...state, proofs: state.proofs.filter(({ used }) => !used) };
  return { state: { ...use(begun, proof), profile }, effects: [{ type: 'create-user', profile }] };
}

/** What an enterprise sign-in leaves with the account that was created for it. */
export function enterNew(state: SignInState, { id: userId }: Account): Effect[] {
  const proof = usedProof(state);
  return proof ? [{ type: 'enter-sso', userId, proof, created: true }] : [];
}

/**
 * What a completed enterprise sign-in leaves with the account. An account that was found by its address is its owner's:
 * if the address was never verified, what an attacker who registered with it has set must not stay.
 */
export function ssoAtEnd({ adopted, ...state }: SignInState, { id: userId }: Account): Effect[] {
  const proof = usedProof(state);
  if (!proof) return [];
  if (!adopted) return [{ type: 'enter-sso', userId, proof }];
  // Verified in between, the account may be someone else's: nothing of it was asked for.
  const required = adopted === 'unverified' ? ({ required: true } as const) : {};
  return [
    { type: 'reclaim-account', userId, ...required },
    { type: 'enter-sso', userId, proof, adopted: true },
  ];
}

/** Why an enterprise sign-in must not complete: the account that was found by its address has lost it in between. */
export function refusalOfAdopted(state: SignInState, account: Account): Refusal | undefined {
  const email = usedProof(state)?.person.email;
  if (!state.adopted || (email !== undefined && hasAddress(account, { identifier: { type: 'email', value: email } })))
    return undefined;
  return { refused: 'session.verification_failed' };
}

/** Keeps the address whose company has several providers: the user chooses one of them. */
export function nameAddress(state: SignInState, email: string, { sso }: SignInPolicy): Outcome {
  if (state.userId !== undefined) return { refused: 'session.identity_conflict' };
  if (connectorsFor(sso, email).length === 0) return { refused: 'session.sso_not_available' };
  return { state: { ...state, ssoEmail: email } };
}

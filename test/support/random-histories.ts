/**
 * What was proved in a random sign-in, as its events tell it, and what is expected of it: worked out from the settings,
 * the account and the events alone, not with the machine's own parts.
 */
import type { Address, Proof, SecondFactorChoices } from '../../server/src/sign-in/machine/state.ts';
import type { Account } from '../../server/src/sign-in/machine/vocabulary.ts';
import type { Visit } from './random-sign-ins.ts';
import type { World } from './random-worlds.ts';

/** What was done in a sign-in up to a step, that step included, as the events tell it. */
export interface History {
  /** Proofs by their id, as the factors gave them. */
  given: Map<string, Proof>;
  /** First factors that said something of this person, or of the account to be. */
  ways: Proof[];
  seconds: Proof[];
  choices: SecondFactorChoices;
  madeFactors: string[];
  hasAnswered: boolean;
  hasChosenPassword: boolean;
  trustsDevice: boolean;
  /** An identity whose account was named, and whether the user said that it is theirs. */
  offered: Proof | undefined;
  wanted: Proof | undefined;
  /** Whether a company's provider led to the account by its address. */
  adopted: boolean;
  /** Whether the account had never proved that address: what was set before does not count. */
  isUnproved: boolean;
}
const fresh = (): History => ({
  given: new Map(),
  ways: [],
  seconds: [],
  choices: {},
  madeFactors: [],
  hasAnswered: false,
  hasChosenPassword: false,
  trustsDevice: false,
  offered: undefined,
  wanted: undefined,
  adopted: false,
  isUnproved: false,
});

export const secondNames: Readonly<Record<string, string>> = {
  Totp: 'Totp',
  WebAuthn: 'WebAuthn',
  BackupCode: 'BackupCode',
  MfaEmailVerificationCode: 'EmailVerificationCode',
  MfaPhoneVerificationCode: 'PhoneVerificationCode',
};
export const isPasskey = ({ type }: { type: string }) => type === 'WebAuthn';
export const isSecond = ({ type }: Proof) => type in secondNames;
export const ownerOf = (proof: Proof) => ('userId' in proof ? proof.userId : undefined);
export const codeName = ({ type }: Address) => (type === 'email' ? 'EmailVerificationCode' : 'PhoneVerificationCode');

function follow(history: History, { event, before, after }: Visit): History {
  if (event.type === 'started') return { ...fresh(), wanted: event.intent === 'Register' ? undefined : history.wanted };
  const next: History = { ...history, given: new Map(history.given) };
  const said = 'proofId' in event && event.proofId !== undefined ? history.given.get(event.proofId) : undefined;
  switch (event.type) {
    case 'intent-changed':
      return before?.intent === after.intent ? next : { ...fresh(), given: next.given };
    case 'link-offered':
      return { ...next, offered: said };
    case 'link-answered':
      return { ...next, offered: undefined, wanted: event.proves ? history.offered : undefined };
    case 'proved':
    case 'answered':
      if (!event.proof) return next;
      next.given.set(event.proof.id, event.proof);
      return isSecond(event.proof) ? { ...next, seconds: [...history.seconds, event.proof] } : next;
    case 'identified': {
      const isNamed = event.account && after.userId === event.account.id && isOwnerOf(history.wanted, event.account);
      // What began another account says nothing of the one that a company's provider begins.
      if (said?.type === 'EnterpriseSso') {
        if (after.intent === 'Register') return { ...next, ways: [said] };
        const found = event.account ?? event.related?.account;
        const linked = found && history.wanted && isOwnerOf(history.wanted, found) ? [history.wanted] : [];
        return {
          ...next,
          ways: [...history.ways, said, ...linked],
          wanted: undefined,
          adopted: history.adopted || !event.account,
          isUnproved: history.isUnproved || (!event.account && !event.related?.isVerified),
        };
      }
      const linked = isNamed && history.wanted ? [history.wanted] : [];
      return said ? { ...next, ways: [...history.ways, said, ...linked], wanted: undefined } : next;
    }
    case 'social-added':
    case 'address-added':
      return said ? { ...next, ways: [...history.ways, said] } : next;
    case 'factor-added':
      return said && 'factor' in said ? { ...next, madeFactors: [...history.madeFactors, said.factor.type] } : next;
    case 'factor-choice':
      return { ...next, choices: { ...history.choices, [event.choice]: true } };
    case 'profile-added':
      return { ...next, hasAnswered: true };
    case 'password-chosen':
      return { ...next, hasChosenPassword: true };
    case 'device-trusted':
      return { ...next, trustsDevice: true };
    default:
      return next;
  }
}

/** Whether an account has the address of an identity, and none of that provider. */
export const isOwnerOf = (proof: Proof | undefined, { addresses, identities }: Account): boolean =>
  proof?.type === 'Social' &&
  holds(addresses, { type: 'email', value: proof.identity.email ?? '' }) &&
  !Object.hasOwn(identities, proof.target);

/** Addresses that a code of this sign-in proved. */
export const provedAddresses = ({ ways }: History): Address[] =>
  ways.flatMap((proof) =>
    proof.type === 'EmailVerificationCode' || proof.type === 'PhoneVerificationCode' ? [proof.identifier] : [],
  );
/** Email addresses that codes of this sign-in proved, in any role; of the codes that were not used the last one. */
export const emailCodes = ({ ways, seconds, given }: History): Address[] => {
  const unused = [...given.values()].findLast(
    (proof) => proof.type === 'EmailVerificationCode' && !ways.some(({ id }) => id === proof.id),
  );
  return [...ways, ...seconds, ...(unused ? [unused] : [])].flatMap((proof) =>
    proof.type === 'EmailVerificationCode' || proof.type === 'MfaEmailVerificationCode' ? [proof.identifier] : [],
  );
};
export const holds = (addresses: readonly Address[], { type, value }: Address) =>
  addresses.some((known) => known.type === type && known.value === value);

type Settings = World['settings'];
export const isMandatory = ({ mfa }: Settings, { secondFactors }: Account) =>
  mfa.policy.includes('Mandatory') ||
  (mfa.organizationRequiredMfaPolicy === 'Mandatory' && secondFactors?.isRequiredByOrganization === true);
/** Kinds that the person set up and the tenant offers. */
export const ownKinds = ({ mfa }: Settings, { secondFactors }: Account): string[] =>
  (secondFactors?.factors ?? [])
    .filter(({ type, remainCodes = 0 }) => mfa.factors.includes(type) && (type !== 'BackupCode' || remainCodes > 0))
    .map(({ type }) => type);
export const codeKinds = ({ mfa }: Settings, addresses: readonly Address[]): string[] =>
  addresses.map(codeName).filter((kind) => (mfa.factors as string[]).includes(kind));

/** Whether the user has shown a second factor, or the passkey that stands for two. */
export const hasShownTwo = ({ ways, seconds }: History, { id }: Account): boolean =>
  [...ways.filter(({ type }) => type === 'SignInPasskey'), ...seconds].some((proof) => ownerOf(proof) === id);

/** The word of a company's provider in this sign-in. */
export const ssoOf = ({ ways }: Pick<History, 'ways'>) =>
  ways.findLast((proof): proof is Extract<Proof, { type: 'EnterpriseSso' }> => proof.type === 'EnterpriseSso');
/** Whether the company's provider is responsible for everything after it. */
const isLeftToCompany = ({ ssoConnectors }: Settings, history: History): boolean => {
  const proof = ssoOf(history);
  return proof !== undefined && !ssoConnectors.some(({ id, requiresMfa }) => id === proof.connectorId && requiresMfa);
};

/** What counts of an account. */
function countedOf(account: Account, history: History): Account {
  const { secondFactors } = account;
  if (!history.isUnproved || !secondFactors) return account;
  const { isRequiredByOrganization, refusesTrustedDevices } = secondFactors;
  const no = { skipped: false, suggestionSkipped: false, skipMfaOnSignIn: false, passkeySkipped: false };
  return {
    ...account,
    addresses: account.addresses.filter(({ type }) => type === 'email'),
    secondFactors: { ...no, factors: [], isRequiredByOrganization, refusesTrustedDevices },
  };
}

/** Whether a sign-in of this account needs a second factor, and has not seen one. */
export function owesFactor(settings: Settings, given: Account, history: History): boolean {
  if (isLeftToCompany(settings, history)) return false;
  const account = countedOf(given, history);
  const own = ownKinds(settings, account);
  const { enabled = false, isRequiredByOrganization = false } = account.secondFactors ?? {};
  const skipMfaOnSignIn = account.secondFactors?.skipMfaOnSignIn === true && !isRequiredByOrganization;
  const isDemanded =
    isMandatory(settings, account) || account.risks.length > 0 || ((enabled || own.length > 0) && !skipMfaOnSignIn);
  const proved = provedAddresses(history);
  const reachable = account.addresses.filter((address) => !holds(proved, address));
  const canShow = own.length > 0 || codeKinds(settings, reachable).length > 0;
  return isDemanded && canShow && !hasShownTwo(history, account);
}

/** Whether tenant and organizations accept trusted devices of this account. */
export const acceptsDevices = ({ trustedDevice }: Settings, { secondFactors }: Account): boolean =>
  trustedDevice.enabled && !secondFactors?.refusesTrustedDevices && !secondFactors?.isRequiredByOrganization;

/** What a complete sign-in would leave to set up or to decide: nothing is what it should. */
export function owesSetup(settings: Settings, given: Account, history: History, intent: string): string | undefined {
  if (isLeftToCompany(settings, history)) return undefined;
  const account = countedOf(given, history);
  const { policy, factors } = settings.mfa;
  const isMandatoryHere = isMandatory(settings, account);
  const isTenants = policy.includes('Mandatory');
  const isPrompted =
    intent === 'Register'
      ? policy !== 'NoPrompt' && !policy.startsWith('PromptOnlyAtSignIn')
      : policy !== 'NoPrompt' || (isMandatoryHere && !isTenants);
  const made = history.madeFactors.filter((kind) => (factors as string[]).includes(kind));
  const has = [...ownKinds(settings, account), ...made];
  if (made.length > 0 && factors.includes('BackupCode') && !has.includes('BackupCode')) return 'backup codes';
  if (
    hasShownTwo(history, account) &&
    policy !== 'NoPrompt' &&
    factors.includes('BackupCode') &&
    has.length > 0 &&
    !has.includes('BackupCode')
  )
    return 'backup codes';
  const { skipped, suggestionSkipped, enabled } = { ...account.secondFactors, ...history.choices };
  const offered = factors.filter((kind) => kind !== 'BackupCode');
  if (!isPrompted || offered.length === 0 || has.some((kind) => kind !== 'BackupCode')) return undefined;
  const codes = codeKinds(settings, [...account.addresses, ...provedAddresses(history)]);
  if (isMandatoryHere && codes.length === 0) return 'a factor';
  const isBetterOffered = offered.some((kind) => kind === 'Totp' || kind === 'WebAuthn');
  if (isMandatoryHere) return isBetterOffered && !suggestionSkipped ? 'a look at a better factor' : undefined;
  return skipped || (enabled && codes.length > 0) ? undefined : 'a decision';
}

export type Scene = Visit & { history: History; earlier: History; hasPassedCaptcha: boolean };
export const tell = (visits: readonly Visit[]): Scene[] => {
  let history = fresh();
  let hasPassedCaptcha = false;
  return visits.map((visit) => {
    hasPassedCaptcha ||= visit.event.type === 'captcha-passed';
    const earlier = history;
    history = follow(history, visit);
    const scene = { ...visit, history, earlier, hasPassedCaptcha };
    if (visit.effects.some(({ type }) => type === 'reset-password')) history = fresh();
    return scene;
  });
};

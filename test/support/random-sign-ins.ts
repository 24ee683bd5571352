/** Sign-ins of random people under random policies, step after random step, for the tests of the sign-in machine. */
import fc from 'fast-check';
import { step } from '../../server/src/sign-in/machine/machine.ts';
import { resolvePolicy } from '../../server/src/sign-in/machine/policy.ts';
import type {
  Address,
  Intent,
  Proof,
  SecondFactorChoices,
  SignInState,
} from '../../server/src/sign-in/machine/state.ts';
import type { Account, Effect, Related, SignInEvent } from '../../server/src/sign-in/machine/vocabulary.ts';
import { isOfCompany, mailOf, phoneOf, rarely, type World } from './random-worlds.ts';
import {
  byCode,
  byNewName,
  byPasskey,
  byPassword,
  bySocial,
  made,
  now,
  person,
  shown,
  shownCode,
} from './sign-in-machine.ts';

/** An accepted step. */
export interface Visit {
  event: SignInEvent;
  before: SignInState | undefined;
  after: SignInState;
  effects: Effect[];
}

const eve = 4;
const hire = 5;
const unknown = 6;

/** Mostly the account that the service would look up; sometimes any other, or none, as a faulty caller might pass. */
type Given = 'looked up' | 'suspended later' | 'bereft later' | number | undefined;
const given: fc.Arbitrary<Given> = fc.oneof(
  { weight: 7, arbitrary: fc.constant('looked up' as const) },
  { weight: 1, arbitrary: fc.constantFrom('suspended later' as const, 'bereft later' as const) },
  { weight: 1, arbitrary: fc.option(fc.nat(eve), { nil: undefined }) },
);
const firsts = [
  'Password',
  'NewPasswordIdentity',
  'Social',
  'EmailVerificationCode',
  'PhoneVerificationCode',
  'SignInPasskey',
  'EnterpriseSso',
] as const;
const seconds = ['Totp', 'WebAuthn', 'BackupCode', 'MfaEmailVerificationCode', 'MfaPhoneVerificationCode'] as const;
const news = ['NewTotp', 'NewPasskey', 'NewBackupCodes'] as const;
type First = (typeof firsts)[number];
type Second = (typeof seconds)[number];
type New = (typeof news)[number];

/**
 * Ids are counted, not drawn, because the server creates them. `who`: an index in `people`; past its end a new employee
 * of the company, then no user.
 */
export type Draft =
  | { kind: 'start' | 'change'; intent: Intent }
  | { kind: 'captcha' }
  | { kind: 'prove'; proof: First; who: number; expired: boolean; asked: boolean }
  | { kind: 'show'; proof: Second; who: number; account: Given; asked: boolean }
  | { kind: 'make'; proof: New }
  | { kind: 'identify' | 'add-social' | 'add-address' | 'add-factor'; which: number; account: Given; flag: boolean }
  | { kind: 'offer-link' | 'answer-link'; flag: boolean }
  | { kind: 'name-address'; who: number }
  | { kind: 'choose'; choice: keyof SecondFactorChoices; account: Given }
  | { kind: 'username' | 'password' | 'answers' | 'trust' | 'submit'; account: Given };

const intent = fc.constantFrom<Intent>('SignIn', 'SignIn', 'Register', 'ForgotPassword');
const who = fc.nat(unknown);
const choice = fc.constantFrom<keyof SecondFactorChoices>('enabled', 'skipped', 'suggestionSkipped', 'passkeySkipped');
const oneDraft: fc.Arbitrary<Draft> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('start' as const, 'change' as const), intent }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('prove' as const),
      proof: fc.constantFrom(...firsts),
      who,
      expired: rarely,
      asked: rarely,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('show' as const),
      proof: fc.constantFrom(...seconds),
      who,
      account: given,
      asked: rarely,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('make' as const), proof: fc.constantFrom(...news) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom('identify', 'identify', 'add-social', 'add-address', 'add-factor'),
      which: fc.nat(1),
      account: given,
      flag: rarely,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('offer-link' as const, 'answer-link' as const), flag: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('name-address' as const), who }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('choose' as const), choice, account: given }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom('username', 'password', 'answers', 'trust', 'submit', 'submit'),
      account: given,
    }),
  },
);

const about = { account: 'looked up' as const };
const last = { which: 0, flag: false, ...about };
const addressSteps = (proof: 'EmailVerificationCode' | 'PhoneVerificationCode', whose: number): Draft[] => [
  { kind: 'prove', proof, who: whose, expired: false, asked: true },
  { kind: 'add-address', ...last },
];
/** Steps in the order that makes sense, so that the random ones around them meet sign-ins that are under way. */
const wholeSignIn = fc
  .record({
    proof: fc.constantFrom('Password' as const, ...firsts),
    who,
    shown: fc.constantFrom(...seconds),
    made: fc.constantFrom(...news),
    choice,
    expired: fc.boolean(),
    added: fc.constantFrom('EmailVerificationCode' as const, 'PhoneVerificationCode' as const, undefined),
    whose: fc.constantFrom(unknown, unknown, hire),
  })
  .map(({ proof, who, shown, made, choice, expired, added, whose }): Draft[] => [
    { kind: 'prove', proof, who, expired, asked: false },
    { kind: 'identify', ...last },
    { kind: 'show', proof: shown, who, asked: false, ...about },
    { kind: 'trust', ...about },
    ...(added ? addressSteps(added, whose) : []),
    { kind: 'username', ...about },
    { kind: 'password', ...about },
    { kind: 'submit', ...about },
    { kind: 'make', proof: made },
    { kind: 'add-factor', ...last },
    { kind: 'choose', choice, ...about },
    { kind: 'submit', ...about },
    { kind: 'make', proof: 'NewBackupCodes' },
    { kind: 'add-factor', ...last },
    { kind: 'submit', ...about },
  ]);
/** A user who comes back, e.g. in a trusted device: the password, and nothing else. */
const wholeReturn = fc.constantFrom(0, 3).map((who): Draft[] => [
  { kind: 'start', intent: 'SignIn' },
  { kind: 'prove', proof: 'Password', who, expired: false, asked: false },
  { kind: 'identify', ...last },
  { kind: 'submit', ...about },
]);
/** An unknown identity whose address an account has: linked at once, or after the account was proved. */
const wholeLinking = fc
  .record({
    isVerified: fc.boolean(),
    answers: fc.constantFrom(true, true, false),
    proof: fc.constantFrom('Password' as const, 'EmailVerificationCode' as const),
    shown: fc.constantFrom(...seconds),
    who: fc.constantFrom(0, 0, 1),
  })
  .map(({ isVerified, answers, proof, shown, who }): Draft[] => [
    { kind: 'start', intent: 'SignIn' },
    { kind: 'prove', proof: 'Social', who: 0, expired: isVerified, asked: false },
    { kind: 'identify', ...last, flag: true },
    { kind: 'offer-link', flag: true },
    { kind: 'answer-link', flag: answers },
    { kind: 'start', intent: 'SignIn' },
    { kind: 'prove', proof, who, expired: false, asked: false },
    { kind: 'identify', ...last },
    { kind: 'show', proof: shown, who, asked: false, ...about },
    { kind: 'submit', ...about },
  ]);
/** The same on the provider's word. */
const wholeAutomatic = fc
  .tuple(fc.constantFrom(...seconds), fc.constantFrom(0, 0, eve))
  .map(([shown, who]): Draft[] => [
    { kind: 'start', intent: 'SignIn' },
    { kind: 'prove', proof: 'Social', who, expired: true, asked: false },
    { kind: 'identify', ...last, flag: true },
    { kind: 'show', proof: shown, who, asked: false, ...about },
    { kind: 'submit', ...about },
  ]);
/** A user of the company, or another one who has its identity: the provider's word, and perhaps a second factor. */
const wholeCompany = fc
  .record({
    who: fc.constantFrom(eve, eve, eve, hire, 0, 3),
    isVouched: fc.constantFrom(true, true, false),
    shown: fc.option(fc.constantFrom(...seconds), { nil: undefined }),
    second: fc.constantFrom(undefined, undefined, ...firsts),
    flag: rarely,
  })
  .map(({ who, isVouched, shown, second, flag }): Draft[] => [
    { kind: 'start', intent: 'SignIn' },
    { kind: 'name-address', who },
    { kind: 'prove', proof: 'EnterpriseSso', who, expired: isVouched, asked: false },
    ...(who === hire ? [{ kind: 'change' as const, intent: 'Register' as const }] : []),
    { kind: 'identify', ...last, flag },
    ...(shown ? [{ kind: 'show' as const, proof: shown, who, asked: false, ...about }] : []),
    ...(second ? [{ kind: 'prove' as const, proof: second, who, expired: false, asked: false }] : []),
    ...(second ? [{ kind: 'identify' as const, ...last }] : []),
    { kind: 'trust', ...about },
    { kind: 'submit', ...about },
  ]);
/** Such a user who comes back, e.g. in a trusted device. */
const wholeCompanyReturn = fc.constantFrom(0, 3, eve).map((who): Draft[] => [
  { kind: 'start', intent: 'SignIn' },
  { kind: 'prove', proof: 'EnterpriseSso', who, expired: true, asked: false },
  { kind: 'identify', ...last },
  { kind: 'submit', ...about },
]);
const wholeRegistration = fc
  .record({
    proof: fc.constantFrom('EmailVerificationCode' as const, 'NewPasswordIdentity' as const),
    made: fc.constantFrom(...news),
    choice,
  })
  .map(({ proof, made, choice }): Draft[] => [
    { kind: 'change', intent: 'Register' },
    { kind: 'answers', ...about },
    { kind: 'prove', proof, who: unknown, expired: false, asked: false },
    { kind: 'identify', ...last },
    { kind: 'password', ...about },
    { kind: 'identify', ...last, which: 9 },
    { kind: 'choose', choice, ...about },
    { kind: 'make', proof: made },
    { kind: 'add-factor', ...last },
    { kind: 'submit', ...about },
  ]);
const wholeRecovery = fc
  .record({ proof: fc.constantFrom('EmailVerificationCode' as const, 'PhoneVerificationCode' as const), who })
  .map(({ proof, who }): Draft[] => [
    { kind: 'start', intent: 'ForgotPassword' },
    { kind: 'prove', proof, who, expired: false, asked: true },
    { kind: 'identify', ...last },
    { kind: 'password', ...about },
    { kind: 'submit', ...about },
  ]);
const chunk = fc.oneof(
  { weight: 5, arbitrary: wholeSignIn },
  { weight: 3, arbitrary: wholeReturn },
  { weight: 1, arbitrary: wholeLinking },
  { weight: 1, arbitrary: wholeAutomatic },
  { weight: 2, arbitrary: wholeCompany },
  { weight: 4, arbitrary: wholeCompanyReturn },
  { weight: 1, arbitrary: wholeRegistration },
  { weight: 1, arbitrary: wholeRecovery },
  { weight: 8, arbitrary: oneDraft.map((draft) => [draft]) },
);
export const sequences: fc.Arbitrary<Draft[]> = fc
  .tuple(intent, rarely, fc.array(chunk, { minLength: 3, maxLength: 12, size: 'max' }))
  .map(([first, waits, rest]) => [
    { kind: 'start', intent: first },
    ...(waits ? [] : [{ kind: 'captcha' as const }]),
    ...rest.flat(),
  ]);

const madeTypes = { NewTotp: 'Totp', NewPasskey: 'WebAuthn', NewBackupCodes: 'BackupCode' } as const;

function makeProof(draft: Extract<Draft, { kind: 'prove' | 'show' | 'make' }>, people: readonly Account[]): Proof {
  if (draft.kind === 'make') return made(madeTypes[draft.proof]);
  const id = idOf(draft.who, people);
  switch (draft.proof) {
    case 'Password':
      return byPassword({ id }, draft.kind === 'prove' && draft.expired ? { expired: true } : {});
    case 'NewPasswordIdentity':
      return byNewName('new');
    case 'Social':
      return socialOf(id, draft.kind === 'prove' && draft.expired);
    case 'SignInPasskey':
      return byPasskey({ id });
    case 'EnterpriseSso':
      return bySso(id, { isVouched: draft.kind === 'prove' && draft.expired });
    case 'EmailVerificationCode':
      return byCode(mailOf(id));
    case 'PhoneVerificationCode':
      return byCode(phoneOf(id));
    case 'MfaEmailVerificationCode':
      return shownCode(mailOf(id), { id });
    case 'MfaPhoneVerificationCode':
      return shownCode(phoneOf(id), { id });
    default:
      return shown(draft.proof, { id });
  }
}

const idOf = (who: number, people: readonly Account[]) => people[who]?.id ?? (who === hire ? 'hire' : 'nobody');

/** The company's provider names a person; it vouches for addresses of its own domain alone. */
function bySso(id: string, { isVouched }: { isVouched: boolean }): Extract<Proof, { type: 'EnterpriseSso' }> {
  const address = mailOf(id);
  const vouches = isVouched && isOfCompany(address) ? { isVouched: true as const } : {};
  return {
    ...{ id: '', createdAt: now, used: false, type: 'EnterpriseSso', connectorId: 'acme', attributes: {} },
    person: { issuer: 'https://acme.example', id, email: address.value, ...vouches },
    syncProfile: false,
  };
}

/** A provider that hosts everyone's mailboxes, and may have verified the address. */
function socialOf(id: string, isVerified: boolean): Proof {
  const { value: email } = mailOf(id);
  const rawData = { email, email_verified: isVerified };
  return { ...bySocial(id), emailDomains: ['example.com', 'acme.example'], identity: { id, email, rawData } };
}

type Accounts = ReadonlyMap<string, Account>;

const isSame = (a: Address, b: Address) => a.type === b.type && a.value === b.value;
/** The account that the service would find for a proof. */
function ownerOf(proof: Proof | undefined, { accounts, members }: Pick<Place, 'accounts' | 'members'>) {
  if (proof?.type === 'Password' || proof?.type === 'SignInPasskey') return accounts.get(proof.userId);
  if (proof?.type === 'EmailVerificationCode' || proof?.type === 'PhoneVerificationCode')
    return [...accounts.values()].find(({ addresses }) => addresses.some((known) => isSame(known, proof.identifier)));
  if (proof?.type === 'EnterpriseSso')
    return members.includes(proof.person.id) ? accounts.get(proof.person.id) : undefined;
  if (proof?.type !== 'Social') return undefined;
  const owner = accounts.get(proof.identity.id);
  return owner && Object.hasOwn(owner.identities, 'wechat') ? owner : undefined;
}

/** The account after an operator has taken everything from it by which it may have been proved. */
const bereft = (account: Account): Account => ({
  ...account,
  addresses: [],
  email: false,
  phone: false,
  identities: {},
  social: false,
  ...(account.secondFactors ? { secondFactors: { ...account.secondFactors, factors: [] } } : {}),
});

/** The account that has the address of an identity that no account has. */
function relatedTo(proof: Proof | undefined, place: Place, isFaulty = false): Related | undefined {
  const { accounts, isVerified } = place;
  const named = proof?.type === 'Social' ? proof.identity : proof?.type === 'EnterpriseSso' ? proof.person : undefined;
  if (!named || ownerOf(proof, place)) return undefined;
  if (proof?.type === 'EnterpriseSso' && !proof.person.isVouched && !isFaulty) return undefined;
  const address = mailOf(named.id);
  const account = [...accounts.values()].find(({ addresses }) => addresses.some((known) => isSame(known, address)));
  return account && { account, address, isVerified };
}

interface Place {
  state: SignInState | undefined;
  accounts: Accounts;
  people: readonly Account[];
  members: readonly string[];
  id: string;
  isVerified: boolean;
}

const passkeyChallenge: Asked = { id: 'asked', createdAt: now, type: 'SignInPasskey', challenge: 'challenge' };
type Asked = Extract<SignInEvent, { type: 'challenged' }>['challenge'];

/** A proof as it comes: of codes, sometimes as the answer to what was asked. */
function provedBy(proof: Proof, { asked, seen }: { asked: boolean; seen: { account?: Account } }): SignInEvent[] {
  // A page asks for a passkey before the sign-in starts.
  if (asked && proof.type === 'SignInPasskey')
    return [
      { type: 'challenged', challenge: passkeyChallenge },
      { type: 'started', intent: 'SignIn' },
      { type: 'answered', challengeId: passkeyChallenge.id, proof, ...seen },
    ];
  const isCode = 'identifier' in proof && proof.type.endsWith('VerificationCode');
  if (!asked || !isCode) return [{ type: 'proved', proof, ...seen }];
  const challenge = { ...proof, id: `challenge-${proof.id}` } as Asked;
  return [
    { type: 'challenged', challenge },
    { type: 'answered', challengeId: challenge.id, proof, ...seen },
  ];
}

function offerOf(proof: Proof | undefined, place: Place): SignInEvent[] {
  const related = relatedTo(proof, place);
  return proof && related ? [{ type: 'link-offered', proofId: proof.id, related }] : [];
}

function toEvents(draft: Draft, place: Place): SignInEvent[] {
  const { state, accounts, people, id } = place;
  const identified = state?.userId === undefined ? undefined : accounts.get(state.userId);
  const account = (wanted: Given, found = identified): { account?: Account } => {
    if (wanted === 'suspended later') return found ? { account: { ...found, isSuspended: true } } : {};
    if (wanted === 'bereft later') return found ? { account: bereft(found) } : {};
    const chosen = wanted === 'looked up' ? found : wanted === undefined ? undefined : people[wanted];
    return chosen ? { account: chosen } : {};
  };
  const proofAt = (which: number) => state?.proofs.filter(({ used }) => !used || which > 0).at(-1 - which);
  const idAt = (which: number) => proofAt(which)?.id ?? 'none';
  switch (draft.kind) {
    case 'start':
      return [{ type: 'started', intent: draft.intent }];
    case 'change':
      return [{ type: 'intent-changed', intent: draft.intent }];
    case 'captcha':
      return [{ type: 'captcha-passed' }];
    case 'prove':
    case 'show':
    case 'make': {
      const proof = { ...makeProof(draft, people), id };
      const seen = draft.kind === 'show' ? account(draft.account) : {};
      return provedBy(proof, { asked: draft.kind !== 'make' && draft.asked, seen });
    }
    case 'identify': {
      const proof = proofAt(draft.which);
      const related = relatedTo(proof, place, draft.flag);
      const owner = ownerOf(proof, place);
      // The owner of an identity is read from the database; a caller cannot pass another account there.
      const isRead = proof?.type === 'Social' || proof?.type === 'EnterpriseSso';
      const wanted = isRead ? 'looked up' : draft.account;
      const found =
        typeof wanted === 'number' || wanted === undefined ? account(wanted) : owner ? account(wanted, owner) : {};
      return [{ type: 'identified', ...(proof ? { proofId: proof.id } : {}), ...found, link: draft.flag, related }];
    }
    case 'offer-link':
      return offerOf(proofAt(0), place);
    case 'answer-link':
      return [{ type: 'link-answered', proves: draft.flag }];
    case 'add-social':
      return [{ type: 'social-added', proofId: idAt(draft.which), inUse: draft.flag, ...account(draft.account) }];
    case 'add-address': {
      const proof = proofAt(draft.which);
      const taken = ownerOf(proof, place) !== undefined;
      return [{ type: 'address-added', proofId: proof?.id ?? 'none', taken, ...account(draft.account) }];
    }
    case 'add-factor':
      return [{ type: 'factor-added', proofId: idAt(draft.which), ...account(draft.account) }];
    case 'name-address':
      return [{ type: 'sso-address-named', email: mailOf(idOf(draft.who, people)).value }];
    case 'choose':
      return [{ type: 'factor-choice', choice: draft.choice, ...account(draft.account) }];
    case 'username':
      return [{ type: 'username-chosen', value: 'chosen', taken: false, ...account(draft.account) }];
    case 'password':
      return [{ type: 'password-chosen', password: 'sealed', ...account(draft.account) }];
    case 'answers':
      return [{ type: 'profile-added', profile: { customData: { size: 40 } }, ...account(draft.account) }];
    case 'trust':
      return [{ type: 'device-trusted', ...account(draft.account) }];
    case 'submit':
      return [{ type: 'submitted', ...account(draft.account) }];
  }
}

/** Plays a sequence; answers a requested creation at once, as the service does. */
export function play({ settings, people, isVerified, members }: World, drafts: readonly Draft[]): Visit[] {
  const policy = resolvePolicy(settings);
  const visits: Visit[] = [];
  const accounts = new Map(people.map((known) => [known.id, known]));
  let state: SignInState | undefined;
  const take = (event: SignInEvent) => {
    const result = step(state, event, { policy, now });
    if ('refused' in result) return;
    visits.push({ event, before: state, after: result.state, effects: result.effects });
    state = result.state;
    for (const effect of result.effects) {
      if (effect.type !== 'create-user') continue;
      const { username, identities = [], password, email, phone } = effect.profile;
      const addresses: Address[] = [
        ...(email === undefined ? [] : [{ type: 'email' as const, value: email }]),
        ...(phone === undefined ? [] : [{ type: 'phone' as const, value: phone }]),
      ];
      const created = person(`created-${visits.length}`, addresses, {
        username: username !== undefined,
        password: password !== undefined,
        social: identities.length > 0,
        identities: Object.fromEntries(identities.map(({ target, userId }) => [target, userId])),
      });
      accounts.set(created.id, created);
      take({ type: 'created', account: created });
    }
  };
  drafts.forEach((draft, at) => {
    for (const event of toEvents(draft, { state, accounts, people, members, isVerified, id: `p${at}` })) take(event);
  });
  return visits;
}

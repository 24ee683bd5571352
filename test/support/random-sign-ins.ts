/** Sign-ins of random people under random policies, step after random step, for the tests of the sign-in machine. */
import fc from 'fast-check';
import { step } from '../../server/src/sign-in/machine/machine.ts';
import { resolvePolicy } from '../../server/src/sign-in/machine/policy.ts';
import type { Address, Intent, Proof, SignInState } from '../../server/src/sign-in/machine/state.ts';
import type { Account, Effect, SignInEvent } from '../../server/src/sign-in/machine/vocabulary.ts';
import { mailOf, phoneOf, rarely, type World } from './random-worlds.ts';
import { byCode, byNewName, byPassword, bySocial, made, now, person, shown, shownCode } from './sign-in-machine.ts';

/** An accepted step. */
export interface Visit {
  event: SignInEvent;
  before: SignInState | undefined;
  after: SignInState;
  effects: Effect[];
}

/** Mostly the account that the service would look up; sometimes any other, or none, as a faulty caller might pass. */
type Given = 'looked up' | 'suspended later' | number | undefined;
const given: fc.Arbitrary<Given> = fc.oneof(
  { weight: 7, arbitrary: fc.constant('looked up' as const) },
  { weight: 1, arbitrary: fc.constant('suspended later' as const) },
  { weight: 1, arbitrary: fc.option(fc.nat(3), { nil: undefined }) },
);
const firsts = ['Password', 'NewPasswordIdentity', 'Social', 'EmailVerificationCode', 'PhoneVerificationCode'] as const;
const seconds = ['Totp', 'WebAuthn', 'BackupCode', 'MfaEmailVerificationCode', 'MfaPhoneVerificationCode'] as const;
const news = ['NewTotp', 'NewPasskey', 'NewBackupCodes'] as const;
type First = (typeof firsts)[number];
type Second = (typeof seconds)[number];
type New = (typeof news)[number];

/** Ids are counted, not drawn, because the server creates them. `who`: an index in `people`; past its end, no user. */
export type Draft =
  | { kind: 'start' | 'change'; intent: Intent }
  | { kind: 'prove'; proof: First; who: number; expired: boolean; asked: boolean }
  | { kind: 'show'; proof: Second; who: number; account: Given; asked: boolean }
  | { kind: 'make'; proof: New }
  | { kind: 'identify' | 'add-social' | 'add-address' | 'add-factor'; which: number; account: Given; flag: boolean }
  | { kind: 'choose'; choice: 'enabled' | 'skipped' | 'suggestionSkipped'; account: Given }
  | { kind: 'username' | 'password' | 'answers' | 'submit'; account: Given };

const intent = fc.constantFrom<Intent>('SignIn', 'SignIn', 'Register', 'ForgotPassword');
const who = fc.nat(4);
const choice = fc.constantFrom('enabled' as const, 'skipped' as const, 'suggestionSkipped' as const);
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
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('choose' as const), choice, account: given }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom('username', 'password', 'answers', 'submit', 'submit'),
      account: given,
    }),
  },
);

const about = { account: 'looked up' as const };
const last = { which: 0, flag: false, ...about };
const addressSteps = (proof: 'EmailVerificationCode' | 'PhoneVerificationCode'): Draft[] => [
  { kind: 'prove', proof, who: 4, expired: false, asked: true },
  { kind: 'add-address', ...last },
];
/** Steps in the order that makes sense, so that the random ones around them meet sign-ins that are under way. */
const wholeSignIn = fc
  .record({
    proof: fc.constantFrom(...firsts),
    who,
    shown: fc.constantFrom(...seconds),
    made: fc.constantFrom(...news),
    choice,
    expired: rarely,
    added: fc.constantFrom('EmailVerificationCode' as const, 'PhoneVerificationCode' as const, undefined),
  })
  .map(({ proof, who, shown, made, choice, expired, added }): Draft[] => [
    { kind: 'prove', proof, who, expired, asked: false },
    { kind: 'identify', ...last },
    { kind: 'show', proof: shown, who, asked: false, ...about },
    ...(added ? addressSteps(added) : []),
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
const wholeRegistration = fc
  .record({
    proof: fc.constantFrom('EmailVerificationCode' as const, 'NewPasswordIdentity' as const),
    made: fc.constantFrom(...news),
    choice,
  })
  .map(({ proof, made, choice }): Draft[] => [
    { kind: 'change', intent: 'Register' },
    { kind: 'answers', ...about },
    { kind: 'prove', proof, who: 4, expired: false, asked: false },
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
  { weight: 3, arbitrary: wholeSignIn },
  { weight: 1, arbitrary: wholeRegistration },
  { weight: 1, arbitrary: wholeRecovery },
  { weight: 8, arbitrary: oneDraft.map((draft) => [draft]) },
);
export const sequences: fc.Arbitrary<Draft[]> = fc
  .tuple(intent, fc.array(chunk, { minLength: 3, maxLength: 12, size: 'max' }))
  .map(([first, rest]) => [{ kind: 'start', intent: first }, ...rest.flat()]);

const madeTypes = { NewTotp: 'Totp', NewPasskey: 'WebAuthn', NewBackupCodes: 'BackupCode' } as const;

function makeProof(draft: Extract<Draft, { kind: 'prove' | 'show' | 'make' }>, people: readonly Account[]): Proof {
  if (draft.kind === 'make') return made(madeTypes[draft.proof]);
  const id = people[draft.who]?.id ?? 'nobody';
  switch (draft.proof) {
    case 'Password':
      return byPassword({ id }, draft.kind === 'prove' && draft.expired ? { expired: true } : {});
    case 'NewPasswordIdentity':
      return byNewName('new');
    case 'Social':
      return bySocial(id);
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

type Accounts = ReadonlyMap<string, Account>;

const isSame = (a: Address, b: Address) => a.type === b.type && a.value === b.value;
/** The account that the service would find for a proof. */
function ownerOf(proof: Proof | undefined, accounts: Accounts): Account | undefined {
  if (proof?.type === 'Password') return accounts.get(proof.userId);
  if (proof?.type === 'EmailVerificationCode' || proof?.type === 'PhoneVerificationCode')
    return [...accounts.values()].find(({ addresses }) => addresses.some((known) => isSame(known, proof.identifier)));
  if (proof?.type !== 'Social') return undefined;
  const owner = accounts.get(proof.identity.id);
  return owner?.targets.includes('wechat') ? owner : undefined;
}

interface Place {
  state: SignInState | undefined;
  accounts: Accounts;
  people: readonly Account[];
  id: string;
}

type Asked = Extract<SignInEvent, { type: 'challenged' }>['challenge'];

/** A proof as it comes: of codes, sometimes as the answer to what was asked. */
function provedBy(proof: Proof, { asked, seen }: { asked: boolean; seen: { account?: Account } }): SignInEvent[] {
  const isCode = 'identifier' in proof && proof.type.endsWith('VerificationCode');
  if (!asked || !isCode) return [{ type: 'proved', proof, ...seen }];
  const challenge = { ...proof, id: `challenge-${proof.id}` } as Asked;
  return [
    { type: 'challenged', challenge },
    { type: 'answered', challengeId: challenge.id, proof, ...seen },
  ];
}

function toEvents(draft: Draft, { state, accounts, people, id }: Place): SignInEvent[] {
  const identified = state?.userId === undefined ? undefined : accounts.get(state.userId);
  const account = (wanted: Given, found = identified): { account?: Account } => {
    if (wanted === 'suspended later') return found ? { account: { ...found, isSuspended: true } } : {};
    const chosen = wanted === 'looked up' ? found : wanted === undefined ? undefined : people[wanted];
    return chosen ? { account: chosen } : {};
  };
  const proofAt = (which: number) => state?.proofs.filter(({ used }) => !used || which > 0).at(-1 - which);
  switch (draft.kind) {
    case 'start':
      return [{ type: 'started', intent: draft.intent }];
    case 'change':
      return [{ type: 'intent-changed', intent: draft.intent }];
    case 'prove':
    case 'show':
    case 'make': {
      const proof = { ...makeProof(draft, people), id };
      const seen = draft.kind === 'show' ? account(draft.account) : {};
      return provedBy(proof, { asked: draft.kind !== 'make' && draft.asked, seen });
    }
    case 'identify': {
      const proof = proofAt(draft.which);
      // The owner of a social identity is read from the database; a caller cannot pass another account there.
      const wanted = proof?.type === 'Social' ? 'looked up' : draft.account;
      const owner = ownerOf(proof, accounts);
      const found =
        typeof wanted === 'number' || wanted === undefined ? account(wanted) : owner ? account(wanted, owner) : {};
      return [{ type: 'identified', ...(proof ? { proofId: proof.id } : {}), ...found, link: draft.flag }];
    }
    case 'add-social':
      return [
        {
          type: 'social-added',
          proofId: proofAt(draft.which)?.id ?? 'none',
          inUse: draft.flag,
          ...account(draft.account),
        },
      ];
    case 'add-address': {
      const proof = proofAt(draft.which);
      const taken = ownerOf(proof, accounts) !== undefined;
      return [{ type: 'address-added', proofId: proof?.id ?? 'none', taken, ...account(draft.account) }];
    }
    case 'add-factor':
      return [{ type: 'factor-added', proofId: proofAt(draft.which)?.id ?? 'none', ...account(draft.account) }];
    case 'choose':
      return [{ type: 'factor-choice', choice: draft.choice, ...account(draft.account) }];
    case 'username':
      return [{ type: 'username-chosen', value: 'chosen', taken: false, ...account(draft.account) }];
    case 'password':
      return [{ type: 'password-chosen', password: 'sealed', ...account(draft.account) }];
    case 'answers':
      return [{ type: 'profile-added', profile: { customData: { size: 40 } }, ...account(draft.account) }];
    case 'submit':
      return [{ type: 'submitted', ...account(draft.account) }];
  }
}

/** Plays a sequence; answers a requested creation at once, as the service does. */
export function play({ settings, people }: World, drafts: readonly Draft[]): Visit[] {
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
      const { username, identity, password, email, phone } = effect.profile;
      const addresses: Address[] = [
        ...(email === undefined ? [] : [{ type: 'email' as const, value: email }]),
        ...(phone === undefined ? [] : [{ type: 'phone' as const, value: phone }]),
      ];
      const created = person(`created-${visits.length}`, addresses, {
        username: username !== undefined,
        password: password !== undefined,
        social: identity !== undefined,
        targets: identity ? [identity.target] : [],
      });
      accounts.set(created.id, created);
      take({ type: 'created', account: created });
    }
  };
  drafts.forEach((draft, at) => {
    for (const event of toEvents(draft, { state, accounts, people, id: `p${at}` })) take(event);
  });
  return visits;
}

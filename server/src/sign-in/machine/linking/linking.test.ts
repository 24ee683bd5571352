import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  byCode,
  byPassword,
  bySocial,
  checksOf,
  email,
  enter,
  having,
  method,
  now,
  person,
  phone,
  prove,
  shown,
  shownCode,
  start,
  submit,
} from '../../../../../test/support/sign-in-machine.ts';
import { step } from '../machine.ts';
import { type PolicySettings, resolvePolicy } from '../policy.ts';
import type { Proof, SignInState } from '../state.ts';
import type { Related, SignInEvent } from '../vocabulary.ts';
import { isVouchedFor } from './index.ts';

const settings: PolicySettings = {
  signInMode: 'SignInAndRegister',
  signIn: { methods: [method('username', { password: true }), method('email', { password: true, code: true })] },
  signUp: { identifiers: [], password: false },
  socialSignIn: { automaticAccountLinking: true },
};
const address = email('mei@people.example');
const mei = person('mei', [address]);
const related: Related = { account: mei, address, isVerified: true };

const socialOf = (value: string, claims: object = { email: value, email_verified: true }) => ({
  ...bySocial('new'),
  id: 'social',
  emailDomains: ['people.example'],
  identity: { id: 'new', email: value, rawData: claims },
});
const social = socialOf(address.value);

/** Plays events; a refusal ends with its code. */
function play(events: SignInEvent[], given: object = settings, at = now): SignInState | string {
  const policy = resolvePolicy({ ...settings, ...given });
  let state: SignInState | undefined;
  for (const event of events) {
    const result = step(state, event, { policy, now: event.type === 'started' ? at : now });
    if ('refused' in result) return result.refused;
    state = result.state;
  }
  return state ?? 'nothing happened';
}
const started: SignInEvent = { type: 'started', intent: 'SignIn' };
const proved = (proof = social): SignInEvent => ({ type: 'proved', proof });
const link = (more: Partial<Extract<SignInEvent, { type: 'identified' }>> = {}): SignInEvent => ({
  type: 'identified',
  proofId: social.id,
  link: true,
  related,
  ...more,
});
const identityAfter = (events: SignInEvent[], given?: object): unknown => {
  const state = play(events, given);
  return typeof state === 'string' ? state : [state.userId, state.profile.identities?.[0]?.userId];
};

describe('a provider’s word', () => {
  // security: social-linking
  it('counts only for the very address that the provider verified, in a domain that it hosts', () => {
    const claims = { email: address.value, email_verified: true };
    const cases: [what: string, expected: boolean, told: string, claims?: object | undefined, asked?: string][] = [
      ['verified', true, address.value],
      ['verified, as text', true, address.value, { ...claims, email_verified: 'true' }],
      ['in another case', true, 'Mei@People.Example', { ...claims, email: 'MEI@people.example' }],
      ['unverified', false, address.value, { ...claims, email_verified: false }],
      ['without a word about it', false, address.value, { email: address.value }],
      ['a number for true', false, address.value, { ...claims, email_verified: 1 }],
      ['read from another claim than the verified one', false, address.value, { ...claims, email: 'x@people.example' }],
      ['of a subdomain', false, 'mei@mail.people.example', undefined, 'mei@mail.people.example'],
      ['of a domain that ends alike', false, 'mei@evilpeople.example', undefined, 'mei@evilpeople.example'],
      ['with the domain in its name', false, 'mei@people.example@evil.test', undefined, 'mei@people.example@evil.test'],
      ['with a dot at the end', false, 'mei@people.example.', undefined, 'mei@people.example.'],
      ['with a look-alike letter', false, 'mei@peoplе.example'],
      ['with a letter that lowercasing makes ASCII', false, 'mei@\u212Aeep.example', undefined, 'mei@keep.example'],
      ['with such a letter in its name', false, '\u212Aim@people.example', undefined, 'kim@people.example'],
      ['of another account', false, address.value, undefined, 'rafael@people.example'],
    ];
    for (const [what, expected, told, raw, asked = address.value] of cases)
      assert.equal(
        isVouchedFor({ ...socialOf(told, raw), emailDomains: ['people.example', 'keep.example'] }, email(asked)),
        expected,
        what,
      );
    assert.equal(isVouchedFor({ ...social, emailDomains: [] }, address), false, 'no domain of the provider');
    assert.equal(isVouchedFor(social, { type: 'phone', value: address.value }), false, 'a phone');
  });

  // security: social-linking
  it('links an unknown identity where the tenant wants it, and asks otherwise', () => {
    assert.deepEqual(identityAfter([started, proved(), link()]), ['mei', 'new']);
    const off = { socialSignIn: { automaticAccountLinking: false } };
    const unknown = 'user.identity_not_exist';
    assert.equal(identityAfter([started, proved(), link()], off), unknown);
    assert.equal(identityAfter([started, proved(), link({ link: false })]), unknown);
    assert.equal(identityAfter([started, proved(), link({ related: undefined })]), unknown);
    assert.equal(identityAfter([started, proved(), link({ related: { ...related, isVerified: false } })]), unknown);
    const unverified = socialOf(address.value, { email: address.value, email_verified: false });
    assert.equal(identityAfter([started, proved(unverified), link()]), unknown);
    const taken = { ...related, account: { ...mei, identities: { wechat: 'new' } } };
    assert.equal(identityAfter([started, proved(), link({ related: taken })]), unknown);
    const suspended = { ...related, account: { ...mei, isSuspended: true } };
    assert.equal(identityAfter([started, proved(), link({ related: suspended })]), 'user.suspended');
  });

  // security: social-linking
  it('no longer counts when the account has lost the address in between', () => {
    const events = [started, proved(), link()];
    const submit = (account: typeof mei): SignInEvent => ({ type: 'submitted', account });
    assert.equal(play([...events, submit({ ...mei, addresses: [] })]), 'session.verification_failed');
    assert.notEqual(typeof play([...events, submit(mei)]), 'string');
  });
});

// security: social-linking
it('refuses to complete a sign-in whose identity the account has lost in between', () => {
  const linked = { ...mei, identities: { wechat: 'new' } };
  const events: SignInEvent[] = [started, proved(), { type: 'identified', proofId: social.id, account: linked }];
  assert.equal(play([...events, { type: 'submitted', account: mei }]), 'session.verification_failed');
  assert.notEqual(typeof play([...events, { type: 'submitted', account: linked }]), 'string');
});

describe('a link that the user is asked about', () => {
  const offered: SignInEvent = { type: 'link-offered', proofId: social.id, related };
  const answer = (proves: boolean): SignInEvent => ({ type: 'link-answered', proves });
  const signsIn = (account: typeof mei): SignInEvent[] => {
    const proof = byPassword(account);
    return [started, { type: 'proved', proof }, { type: 'identified', proofId: proof.id, account }];
  };
  const asked = [started, proved(), offered];

  // security: social-linking
  it('goes to the account that was named once it is proved, to no other, and never unasked', () => {
    assert.deepEqual(identityAfter([...asked, answer(true), ...signsIn(mei)]), ['mei', 'new']);
    const rafael = person('rafael', [email('rafael@people.example')]);
    assert.deepEqual(identityAfter([...asked, answer(true), ...signsIn(rafael)]), ['rafael', undefined]);
    assert.deepEqual(identityAfter([...asked, ...signsIn(mei)]), ['mei', undefined], 'not answered');
    assert.deepEqual(identityAfter([...asked, ...signsIn(mei).slice(1)]), ['mei', undefined], 'in the same start');
    assert.equal('linking' in Object(play([...asked, started])), false, 'another start asks no more');
    assert.equal(play([...asked, { type: 'submitted', account: mei }]), 'session.identifier_not_found');
    assert.equal(play([started, proved(), answer(true)]), 'session.verification_session_not_found', 'not offered');
    const taken = { ...mei, identities: { wechat: 'new' } };
    assert.deepEqual(identityAfter([...asked, answer(true), ...signsIn(taken)]), ['mei', undefined], 'has another');
  });

  it('becomes a new account where the user wants one', () => {
    const register: SignInEvent[] = [
      { type: 'intent-changed', intent: 'Register' },
      { type: 'identified', proofId: social.id },
    ];
    const result = play([...asked, answer(false), ...register]);
    assert.ok(typeof result === 'object' && result.linking === undefined);
    assert.equal(result.profile.identities?.[0]?.userId, 'new');
  });

  it('is forgotten with a registration, and after an hour', () => {
    const wanted = [...asked, answer(true)];
    const register: SignInEvent = { type: 'started', intent: 'Register' };
    assert.deepEqual(identityAfter([...wanted, register, ...signsIn(mei)]), ['mei', undefined]);
    const recovered: SignInEvent = { type: 'started', intent: 'ForgotPassword' };
    assert.deepEqual(identityAfter([...wanted, recovered, ...signsIn(mei)]), ['mei', 'new'], 'a new password first');
    const late = play([...wanted, ...signsIn(mei)], settings, now + 3_600_001);
    assert.ok(typeof late === 'object' && late.profile.identities === undefined);
  });

  // security: social-linking
  it('takes the account back for a user who proved nothing but its address', () => {
    const code = byCode(address);
    const policy = resolvePolicy(settings);
    const effectsOf = (events: SignInEvent[]): string[] => {
      let state: SignInState | undefined;
      let types: string[] = [];
      for (const event of events) {
        const result = step(state, event, { policy, now });
        assert.ok(!('refused' in result), 'refused' in result ? result.refused : '');
        state = result.state;
        types = result.effects.map(({ type }) => type);
      }
      return types;
    };
    const withCode: SignInEvent[] = [
      started,
      { type: 'proved', proof: code },
      { type: 'identified', proofId: code.id, account: mei },
    ];
    const submitted: SignInEvent = { type: 'submitted', account: mei };
    const wanted = [...asked, answer(true)];
    assert.deepEqual(effectsOf([...wanted, ...withCode, submitted]), ['reclaim-account', 'link-identity', 'finish']);
    assert.deepEqual(effectsOf([...wanted, ...signsIn(mei), submitted]), ['link-identity', 'finish'], 'by a password');
    assert.deepEqual(effectsOf([started, proved(), link(), submitted]), ['link-identity', 'finish'], 'automatic');
  });
});

describe('An email address that was proved beside a credential of the account', () => {
  const number = phone('34600000001');
  const both = person('mei', [address, number], { secondFactors: having([], { suggestionSkipped: true }) });
  const app = { ...both, secondFactors: having(['Totp']) };
  const known = { ...both, identities: { wechat: 'union' } };
  const ways: PolicySettings = {
    ...settings,
    signIn: { methods: [...settings.signIn.methods, method('phone', { password: true, code: true })] },
  };
  const factors: PolicySettings = {
    ...ways,
    mfa: { factors: ['Totp', 'EmailVerificationCode', 'PhoneVerificationCode'], policy: 'Mandatory' },
  };
  const shows = (proof: Proof, account = both) => prove(proof, account);
  const withPassword = (account = both) => [start(), ...enter(byPassword(account), account)];
  const withCode = (account = both) => [start(), ...enter(byCode(address), account)];
  const end = submit(both);
  for (const [promise, check] of checksOf([
    // security: similar-addresses
    [
      'is verified by a code as the second factor',
      factors,
      [...withPassword(), shows(shownCode(address, both)), end],
      'verify-email, finish pwd email mfa',
    ],
    ['not by the password alone', ways, [...withPassword(), end], 'finish pwd'],
    [
      'not by a code to the phone',
      factors,
      [...withPassword(), shows(shownCode(number, both)), end],
      'finish pwd sms mfa',
    ],
    [
      'is verified by a code that signs in too',
      ways,
      [...withPassword(), ...enter(byCode(address), both), end],
      'verify-email, finish pwd email',
    ],
    ['in any order', ways, [...withCode(), ...enter(byPassword(both), both), end], 'verify-email, finish email pwd'],
    [
      'by a code that adds nothing, since the account has the address',
      ways,
      [...withPassword(), prove(byCode(address)), end],
      'verify-email, finish pwd',
    ],
    [
      'not by a code to another address',
      ways,
      [...withPassword(), prove(byCode(email('eve@people.example'))), end],
      'finish pwd',
    ],
    [
      'is verified beside an authenticator app',
      factors,
      [...withCode(app), shows(shown('Totp', app), app), submit(app)],
      'verify-email, finish email otp mfa',
    ],
    [
      'beside a social identity of the account',
      ways,
      [start(), ...enter(bySocial('union'), known), ...enter(byCode(address), known), submit(known)],
      'verify-email, finish social email',
    ],
    [
      'not beside a code to the phone, which an attacker may have entered as well',
      factors,
      [...withCode(), shows(shownCode(number, both)), end],
      'finish email sms mfa',
    ],
    [
      'nor the other way round, which keeps the phone that signed in',
      factors,
      [start(), ...enter(byCode(number), both), shows(shownCode(address, both)), end],
      'finish sms email mfa',
    ],
    [
      'not of an account that has another address now',
      ways,
      [...withPassword(), prove(byCode(address)), submit(person('mei', [email('mei@other.example')]))],
      'finish pwd',
    ],
  ]))
    it(promise, check);
});

it('links every provider that was added, each once, and keeps the proof of each', () => {
  const account = person('ada');
  const password = byPassword(account);
  const added = (id: string, target: string): SignInEvent[] => {
    const proof = { ...bySocial(id), id, target };
    return [
      { type: 'proved', proof },
      { type: 'social-added', proofId: id, inUse: false, account },
    ];
  };
  const events: SignInEvent[] = [
    ...[started, { type: 'proved', proof: password } as const],
    { type: 'identified', proofId: password.id, account },
    ...[...added('first', 'wechat'), ...added('other', 'acme'), ...added('again', 'wechat')],
  ];
  const state = play(events);
  assert.ok(typeof state === 'object');
  assert.deepEqual(state.proofs.map(({ id }) => id).slice(1), ['other', 'again']);
  const result = step(state, { type: 'submitted', account }, { policy: resolvePolicy(settings), now });
  const linked = ('effects' in result ? result.effects : []).flatMap((effect) =>
    effect.type === 'link-identity' ? [`${effect.identity.target} ${effect.identity.userId}`] : [],
  );
  assert.deepEqual(linked, ['acme other', 'wechat again']);
});

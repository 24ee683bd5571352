import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  addAddress,
  byCode,
  byNewName,
  byPassword,
  bySocial,
  challenge,
  change,
  checksOf,
  chooseName,
  choosePassword,
  codes,
  created,
  email,
  enter,
  identify,
  method,
  now,
  outcome,
  passwords,
  person,
  phone,
  prove,
  run,
  socialOnly,
  start,
  submit,
} from '../../../../test/support/sign-in-machine.ts';
import type { PolicySettings } from './policy.ts';
import type { Proof } from './state.ts';
import type { SignInEvent } from './vocabulary.ts';

const adasMail = email('ada@example.com');
const adasPhone = phone('34600000001');
const evesMail = email('eve@example.com');
const ada = person('ada', [adasMail, adasPhone]);
const bob = person('bob');

const closed = (settings: PolicySettings): PolicySettings => ({ ...settings, signInMode: 'SignIn' });

describe('a code as the first factor', () => {
  const code = byCode(adasMail);
  const text = byCode(adasPhone);
  const name = byNewName('zoe');
  const unknown = byCode(email('new@example.com'));
  const zoe = person('zoe', [email('new@example.com')], { username: false, password: false });
  const social = bySocial('union');
  const linked = { ...ada, social: true, identities: { wechat: 'union' } };
  for (const [promise, check] of checksOf([
    // SignIn
    [
      'an email code signs its owner in, who takes back an account whose address was never verified',
      codes,
      [start(), ...enter(code, ada), submit(ada)],
      'reclaim-account, finish email',
    ],
    [
      'an account that was also proved by its social identity is not taken back',
      codes,
      [start(), ...enter(social, linked), ...enter(code, linked), submit(linked)],
      'verify-email, finish social email',
    ],
    ['a phone code does too', codes, [start(), ...enter(text, ada), submit(ada)], 'finish sms'],
    ['a code alone does not identify the user', codes, [start(), prove(code)], 'sign-in'],
    [
      'a code that went to another address does not',
      codes,
      [start(), ...enter(byCode(evesMail), ada)],
      'refused session.verification_failed',
    ],
    [
      'a code says nothing of another account',
      codes,
      [start(), ...enter(code, bob)],
      'refused session.verification_failed',
    ],
    ['an address without an account is refused', codes, [start(), ...enter(unknown)], 'refused user.user_not_exist'],
    [
      'email codes are refused where only phones sign in by code',
      { ...codes, signIn: { methods: [method('phone', { code: true }), method('email', { password: true })] } },
      [start(), ...enter(code, ada)],
      'refused user.sign_in_method_not_enabled',
    ],
    [
      'phone codes where only emails do',
      { ...codes, signIn: { methods: [method('email', { code: true })] } },
      [start(), ...enter(text, ada)],
      'refused user.sign_in_method_not_enabled',
    ],
    [
      'an email and its password where email takes codes only',
      codes,
      [
        start(),
        prove({ ...byPassword(ada), id: 'p', identifier: adasMail } as Proof),
        { ...identify(), proofId: 'p', account: ada } as SignInEvent,
      ],
      'refused user.sign_in_method_not_enabled',
    ],
    [
      'a suspended user is refused',
      codes,
      [start(), ...enter(code, { ...ada, isSuspended: true })],
      'refused user.suspended',
    ],
    [
      'a code counts once',
      codes,
      [start(), ...enter(code, ada), identify(code, ada)],
      'refused session.verification_session_not_found',
    ],
    [
      'a code of another account after the first is a conflict',
      codes,
      [start(), ...enter(code, ada), ...enter(byCode(evesMail), person('eve', [evesMail]))],
      'refused session.identity_conflict',
    ],
    // Register
    ['an unknown address becomes an account', codes, [start('Register'), ...enter(unknown)], 'create-user'],
    ['and is signed in', codes, [start('Register'), ...enter(unknown), created(zoe), submit(zoe)], 'finish email'],
    [
      'an email that has an account becomes no second one',
      codes,
      [start('Register'), ...enter(code, ada)],
      'refused user.email_already_in_use',
    ],
    ['nor does a phone', codes, [start('Register'), ...enter(text, ada)], 'refused user.phone_already_in_use'],
    [
      'emails create no account when phones do',
      { ...codes, signUp: { identifiers: ['phone'], password: false } },
      [start('Register'), ...enter(unknown)],
      'refused user.sign_up_method_not_enabled',
    ],
    [
      'phones create no account when emails do',
      { ...codes, signUp: { identifiers: ['email'], password: false } },
      [start('Register'), ...enter(byCode(phone('34999')))],
      'refused user.sign_up_method_not_enabled',
    ],
    [
      'the refusal does not reveal whether an account exists',
      { ...codes, signUp: { identifiers: ['phone'], password: false } },
      [start('Register'), ...enter(code, ada)],
      'refused user.sign_up_method_not_enabled',
    ],
    [
      'a username without a password creates no account',
      { ...codes, signUp: { identifiers: ['username'], password: false } },
      [start('Register'), ...enter(name)],
      'refused user.sign_up_method_not_enabled',
    ],
    [
      'one registration makes one account',
      codes,
      [start('Register'), ...enter(unknown), created(zoe), ...enter(byCode(email('other@example.com')))],
      'refused session.identity_conflict',
    ],
    [
      'the new account is not replaced by another',
      codes,
      [start('Register'), ...enter(unknown), created(zoe), created(bob)],
      'refused session.identity_conflict',
    ],
    [
      'a new code replaces the one before it',
      codes,
      [start(), prove(code), prove(byCode(evesMail)), identify(code, ada)],
      'refused session.verification_session_not_found',
    ],
    ['registration is refused when it is closed', closed(codes), [start('Register')], 'refused auth.forbidden'],
    [
      'changing to a closed registration is refused',
      closed(codes),
      [start(), prove(unknown), change('Register')],
      'refused auth.forbidden',
    ],
    [
      'a code that found no account may make one',
      codes,
      [start(), prove(unknown), change('Register'), identify(unknown)],
      'create-user',
    ],
    [
      'what else is required comes first',
      { ...codes, signUp: { identifiers: ['email', 'username'], password: true } },
      [start('Register'), ...enter(unknown)],
      'continue username password',
    ],
    [
      'and then there is an account',
      { ...codes, signUp: { identifiers: ['email', 'username'], password: true } },
      [start('Register'), ...enter(unknown), chooseName('zoe'), choosePassword(), identify()],
      'create-user',
    ],
    // No way around what is switched off
    [
      'a chosen name makes no account where providers do',
      socialOnly,
      [start('Register'), chooseName('eve'), identify()],
      'refused user.sign_up_method_not_enabled',
    ],
    [
      'nor do a name and a password where addresses do',
      { ...codes, signUp: { identifiers: ['email'], password: true } },
      [start('Register'), chooseName('eve'), choosePassword(), identify()],
      'refused user.sign_up_method_not_enabled',
    ],
    [
      'nor does an address that was added where providers do',
      socialOnly,
      [start('Register'), prove(unknown), addAddress(unknown), identify()],
      'refused user.sign_up_method_not_enabled',
    ],
    [
      'a name and a password may be given one after the other',
      passwords,
      [start('Register'), chooseName('zoe'), choosePassword(), identify()],
      'create-user',
    ],
    [
      'a password is no one’s name',
      passwords,
      [start('Register'), choosePassword(), identify()],
      'refused session.identifier_not_found',
    ],
    [
      'details of a new account are dropped when the user changes to sign-in and back',
      { ...passwords, profileFields: ['size'] },
      [
        start('Register'),
        { type: 'profile-added', profile: { customData: { size: 40 } } },
        change('SignIn'),
        change('Register'),
        ...enter(name),
      ],
      'continue extraProfile',
    ],
    [
      'proofs of a new account are dropped too',
      { ...passwords, signUp: { identifiers: ['username', 'email'], password: true } },
      [start('Register'), ...enter(unknown), change('SignIn'), change('Register'), identify(unknown)],
      'refused session.verification_session_not_found',
    ],
    [
      'a dropped proof does not appear among the methods of the later sign-in',
      { ...passwords, signUp: { identifiers: ['username'], password: false } },
      [start('Register'), ...enter(social), change('SignIn'), ...enter(byPassword(bob), bob), submit(bob)],
      'finish pwd',
    ],
  ]))
    it(promise, check);

  it('stores the details of a new account once, with the account', () => {
    const { effects } = run(codes, [start('Register'), ...enter(unknown), created(zoe), submit(zoe)]);
    const finish = { type: 'finish', userId: 'zoe', amr: ['email'], patch: {}, risks: [] };
    assert.deepEqual(effects, [{ type: 'create-user', profile: { email: 'new@example.com' } }, finish]);
  });

  it('refuses a sign-in whose method was switched off after the proof', () => {
    const proof = byCode(adasMail);
    const closing = { signInMode: 'Register' as const };
    assert.equal(outcome(run(codes, [start(), ...enter(proof, ada)], closing)), 'refused auth.forbidden');
  });

  it('stores a script’s changes to the user at the end', () => {
    const verdict = { kind: 'passed' as const, changes: { name: 'Ada' } };
    const { effects } = run(codes, [
      start(),
      ...enter(byCode(adasMail), ada),
      { type: 'submitted', account: ada, verdict },
    ]);
    const finish = { type: 'finish', userId: 'ada', amr: ['email'], patch: { name: 'Ada' }, risks: [] };
    assert.deepEqual(effects.slice(1), [finish]);
  });

  it('completes no sign-in after sign-in is closed, but every registration that has created its account', () => {
    const signIn = [start(), ...enter(byCode(adasMail), ada), submit(ada)];
    assert.equal(outcome(run(codes, signIn, { signInMode: 'Register' })), 'refused auth.forbidden');
    const registration = [start('Register'), ...enter(byCode(email('new@example.com'))), created(zoe), submit(zoe)];
    assert.equal(outcome(run(codes, registration, { signInMode: 'SignIn' })), 'finish email');
    // A page that the sign-up shows after that, e.g. for a second factor, goes on as well.
    const named = { type: 'profile-added', profile: { name: 'Zoe' }, account: zoe } as const;
    const details = [...registration.slice(0, -1), named];
    assert.equal(outcome(run(codes, details, { signInMode: 'SignIn' })), 'done');
  });

  it('signs in by the address regardless of its case', () => {
    assert.equal(outcome(run(codes, [start(), ...enter(byCode(email('ADA@example.com')), ada)])), 'done');
  });
});

describe('an address that is added', () => {
  const settings: PolicySettings = {
    ...passwords,
    signUp: { identifiers: ['username'], password: true, secondaryIdentifiers: [{ identifier: 'email' }] },
  };
  const mail = byCode(email('bob@example.com'));
  const signedIn = [start(), ...enter(byPassword(bob), bob)];
  for (const [promise, check] of checksOf([
    ['is asked for where it is required', settings, signedIn, 'continue email'],
    ['not without it', settings, [...signedIn, submit(bob)], 'refused user.missing_profile'],
    [
      'counts when a code proved it',
      settings,
      [...signedIn, prove(mail), addAddress(mail, bob), submit(bob)],
      'finish pwd email',
    ],
    ['not before', settings, [...signedIn, addAddress(mail, bob)], 'refused session.verification_session_not_found'],
    [
      'nor by another kind of proof',
      settings,
      [...signedIn, ...[byPassword(bob)].flatMap((proof) => [prove(proof), addAddress(proof, bob)])],
      'refused session.verification_session_not_found',
    ],
    [
      'nor by one code twice',
      settings,
      [...signedIn, prove(mail), addAddress(mail, bob), addAddress(mail, bob)],
      'refused session.verification_session_not_found',
    ],
    [
      'is refused if another user has it',
      settings,
      [...signedIn, prove(mail), addAddress(mail, bob, true)],
      'refused user.email_already_in_use',
    ],
    [
      'a phone neither',
      settings,
      [...signedIn, ...[byCode(adasPhone)].flatMap((proof) => [prove(proof), addAddress(proof, bob, true)])],
      'refused user.phone_already_in_use',
    ],
    [
      'not beside one of the kind that the account has',
      { ...settings, signUp: passwords.signUp },
      [start(), ...enter(byPassword(ada), ada), prove(mail), addAddress(mail, ada)],
      'refused user.email_exists_in_profile',
    ],
    [
      'is refused before the user is identified',
      settings,
      [start(), prove(mail), addAddress(mail, bob)],
      'refused session.identifier_not_found',
    ],
    [
      'not to the account of another',
      settings,
      [...signedIn, prove(mail), addAddress(mail, ada)],
      'refused session.identity_conflict',
    ],
    [
      'a new account may have it from the start',
      settings,
      [start('Register'), ...enter(byNewName('zoe')), prove(mail), addAddress(mail), identify()],
      'create-user',
    ],
  ]))
    it(promise, check);

  it('is the address that the code was sent to', () => {
    const { effects } = run(settings, [...signedIn, prove(mail), addAddress(mail, bob), submit(bob)]);
    const patch = { email: 'bob@example.com' };
    assert.deepEqual(effects, [{ type: 'finish', userId: 'bob', amr: ['pwd', 'email'], patch, risks: [] }]);
  });
});

describe('an account of a provider that is added', () => {
  const social = bySocial('union');
  const member = { ...bob, identities: { wechat: 'union' } };
  const add = (account: typeof bob): SignInEvent => ({
    type: 'social-added',
    proofId: social.id,
    inUse: false,
    account,
  });
  const signedIn = (account: typeof bob) => [start(), ...enter(byPassword(account), account), prove(social)];
  for (const [promise, check] of checksOf([
    [
      'is linked when the sign-in is complete',
      passwords,
      [...signedIn(bob), add(bob), submit(bob)],
      'link-identity, finish pwd social',
    ],
    ['not twice', passwords, [...signedIn(bob), add(bob), add(bob)], 'refused session.verification_session_not_found'],
    [
      'not in place of another',
      passwords,
      [...signedIn(member), add(member)],
      'refused user.identity_exists_in_profile',
    ],
    ['nor unasked', passwords, [...signedIn(bob), identify(social)], 'refused user.identity_not_exist'],
  ]))
    it(promise, check);
});

describe('what a person was asked', () => {
  const asked = { type: 'EmailVerificationCode' as const, id: 'c', createdAt: now, identifier: adasMail };
  const answered = (proof?: Extract<SignInEvent, { type: 'proved' }>['proof']): SignInEvent => ({
    type: 'answered',
    challengeId: 'c',
    ...(proof ? { proof } : {}),
  });
  const code = { ...byCode(adasMail), id: 'c' };
  for (const [promise, check] of checksOf([
    ['is proved by the answer', codes, [start(), challenge(asked), answered(code), identify(code, ada)], 'done'],
    [
      'a wrong answer proves nothing',
      codes,
      [start(), challenge(asked), answered(), identify(code, ada)],
      'refused session.verification_session_not_found',
    ],
    [
      'it is answered once',
      codes,
      [start(), challenge(asked), answered(), answered(code)],
      'refused session.verification_session_not_found',
    ],
    [
      'an answer proves what was asked, and nothing else',
      codes,
      [start(), challenge(asked), answered(bySocial('union'))],
      'refused session.verification_session_not_found',
    ],
    [
      'asking once more makes the first question void',
      codes,
      [
        start(),
        challenge({ ...asked, id: 'old' }),
        challenge(asked),
        { type: 'answered', challengeId: 'old', proof: code },
      ],
      'refused session.verification_session_not_found',
    ],
    [
      'two different questions stand beside each other',
      codes,
      [
        start(),
        challenge(asked),
        challenge({ type: 'PhoneVerificationCode', id: 'd', createdAt: now, identifier: adasPhone }),
        answered(code),
      ],
      'sign-in',
    ],
  ]))
    it(promise, check);
});

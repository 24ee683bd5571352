import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  byCode,
  byPassword,
  bySocial,
  email,
  having,
  type Mfa,
  made,
  method,
  now,
  person,
  shown,
} from '../../../../../test/support/sign-in-machine.ts';
import { step } from '../machine.ts';
import { type PolicySettings, resolvePolicy } from '../policy.ts';
import type { Proof, SignInState } from '../state.ts';
import type { Account, Effect, Related, SignInEvent } from '../vocabulary.ts';

const connector = (id: string, requiresMfa = false) => ({
  id,
  connectorName: id,
  logo: '/logo.svg',
  domains: ['acme.example'],
  requiresMfa,
});
const settings: PolicySettings = {
  signInMode: 'SignInAndRegister',
  signIn: { methods: [method('username', { password: true }), method('email', { password: true, code: true })] },
  signUp: { identifiers: ['username'], password: true },
  socialSignIn: {},
  ssoConnectors: [connector('acme')],
};
const mandatory: Mfa = { factors: ['Totp'], policy: 'Mandatory' };
const address = email('ada@acme.example');
const ada = person('ada', [address], { secondFactors: having(['Totp']) });
const related: Related = { account: ada, address, isVerified: true };

type SsoProof = Extract<Proof, { type: 'EnterpriseSso' }>;
const sso = (isVouched: boolean, more: Partial<SsoProof> = {}): SsoProof => ({
  id: 'sso',
  createdAt: now,
  used: false,
  type: 'EnterpriseSso',
  connectorId: 'acme',
  person: { issuer: 'https://acme.example', id: 'ada', email: address.value, ...(isVouched ? { isVouched } : {}) },
  attributes: {},
  syncProfile: false,
  ...more,
});

interface Played {
  state?: SignInState;
  effects: Effect[];
  refused?: string;
  prompt?: string;
}
function play(events: readonly SignInEvent[], given: Partial<PolicySettings> = {}): Played {
  const policy = resolvePolicy({ ...settings, ...given });
  let played: Played = { effects: [] };
  for (const event of events) {
    const result = step(played.state, event, { policy, now });
    if ('refused' in result) return { ...played, refused: result.refused };
    const effects = [...played.effects, ...result.effects];
    played = { state: result.state, effects, prompt: result.prompt.kind };
  }
  return played;
}
const started = (intent: 'SignIn' | 'Register' | 'ForgotPassword' = 'SignIn'): SignInEvent => ({
  type: 'started',
  intent,
});
const signIn = (proof: Proof, who: { account?: Account; related?: Related }, intent?: 'SignIn' | 'Register') => [
  started(intent),
  { type: 'proved' as const, proof },
  { type: 'identified' as const, proofId: proof.id, account: who.account, related: who.related },
];
const submitted = (account: Account): SignInEvent => ({ type: 'submitted', account });
const kinds = ({ effects }: Played) => effects.map(({ type }) => type);

describe('a company that signs its users in', () => {
  // security: enterprise-domains
  it('refuses every other way to its addresses, and to accounts that have one', () => {
    for (const [name, events] of [
      ['a password for the address', signIn({ ...byPassword(ada), identifier: address } as Proof, { account: ada })],
      ['a password for the username', signIn(byPassword(ada), { account: ada })],
      ['a code', signIn(byCode(address), { account: ada })],
      ['a code in another case', signIn(byCode(email('ADA@Acme.Example')), {})],
      ['a social account', signIn(bySocial('ada'), { account: ada })],
      ['a social account that would be linked', signIn(bySocial('x'), { related })],
      ['a new account by code', signIn(byCode(address), {}, 'Register')],
    ] as const)
      assert.equal(play(events).refused, 'session.sso_enabled', name);
    const recovery = [started('ForgotPassword'), ...signIn(byCode(address), { account: ada }).slice(1)];
    assert.equal(play(recovery).refused, 'session.sso_enabled');
    const other = person('eve', [email('eve@elsewhere.example')]);
    assert.equal(play(signIn(byPassword(other), { account: other })).refused, undefined);
    assert.equal(play(signIn(byPassword(ada), { account: ada }), { ssoConnectors: [] }).refused, undefined);
  });

  it('names its providers in the refusal, without their domains', () => {
    const policy = resolvePolicy(settings);
    const { state } = play([started(), { type: 'proved', proof: byCode(address) }]);
    const event: SignInEvent = { type: 'identified', proofId: state?.proofs[0]?.id, account: ada };
    const result = step(state, event, { policy, now });
    assert.deepEqual('data' in result && result.data, {
      ssoConnectors: [{ id: 'acme', connectorName: 'acme', logo: '/logo.svg' }],
    });
  });

  it('keeps its addresses out of accounts that sign in another way', () => {
    const eve = person('eve', []);
    const proof = byCode(address);
    const events: SignInEvent[] = [
      ...signIn(byPassword(eve), { account: eve }),
      { type: 'proved', proof },
      { type: 'address-added', proofId: proof.id, account: eve, taken: false },
    ];
    assert.equal(play(events).refused, 'session.sso_enabled');
  });
});

describe('a person whom a company’s provider signed in', () => {
  // security: enterprise-linking
  it('gets the account of an address only where the provider stands for it', () => {
    const adopted = play([...signIn(sso(true), { related }), submitted(ada)]);
    assert.deepEqual(kinds(adopted), ['reclaim-account', 'enter-sso', 'finish']);
    const cases: [string, SsoProof, Related][] = [
      ['an address that it does not stand for', sso(false), related],
      ['another address', sso(true, { person: { ...sso(true).person, email: 'eve@acme.example' } }), related],
      ['an account without the address', sso(true), { ...related, account: person('eve', []) }],
    ];
    for (const [name, proof, found] of cases)
      assert.equal(play(signIn(proof, { related: found })).refused, 'user.sso_identity_not_exist', name);
    const lost = play([...signIn(sso(true), { related }), submitted({ ...ada, addresses: [] })]);
    assert.equal(lost.refused, 'session.verification_failed', 'the account has lost the address in between');
  });

  it('is signed in to the account that has the identity, without the address counting', () => {
    const known = play([...signIn(sso(false), { account: ada }), submitted(ada)]);
    assert.deepEqual(kinds(known), ['enter-sso', 'finish']);
    const suspended = { ...ada, isSuspended: true };
    assert.equal(play(signIn(sso(true), { account: suspended })).refused, 'user.suspended');
    assert.equal(play(signIn(sso(true), { related: { ...related, account: suspended } })).refused, 'user.suspended');
  });

  it('begins an account with the address only where the provider stands for it, without other details', () => {
    for (const isVouched of [true, false]) {
      const { effects, refused } = play(signIn(sso(isVouched), {}, 'Register'), { mfa: mandatory });
      assert.equal(refused, undefined);
      const [creation] = effects;
      assert.ok(creation?.type === 'create-user');
      assert.equal(creation.profile.email, isVouched ? address.value : undefined);
    }
    const fresh = person('fresh', [address], { username: false, password: false });
    const made = play([...signIn(sso(true), {}, 'Register'), { type: 'created', account: fresh }]);
    assert.equal(made.prompt, 'done', 'without the username and the password that others need');
    assert.deepEqual(kinds(made), ['create-user', 'enter-sso']);
    const recovery: SignInEvent[] = [started('ForgotPassword'), ...signIn(sso(true), { account: ada }).slice(1)];
    assert.equal(play(recovery).refused, 'session.not_supported_for_forgot_password');
    assert.equal(play(signIn(sso(true), {})).refused, 'user.sso_identity_not_exist', 'a sign-in creates nothing');
    const closed = play(signIn(sso(true), {}, 'Register'), { signInMode: 'SignIn' });
    assert.equal(closed.refused, 'auth.forbidden');
  });

  // security: enterprise-linking
  it('shows a second factor where the connector or the application asks for it, and else leaves it to the provider', () => {
    const mfa = { mfa: mandatory };
    assert.equal(play(signIn(sso(true), { account: ada }), mfa).prompt, 'done');
    const asking = { ...mfa, ssoConnectors: [connector('acme', true)] };
    assert.equal(play(signIn(sso(true), { account: ada }), asking).prompt, 'show-factor');
    assert.equal(
      play([...signIn(sso(true), { account: ada }), submitted(ada)], asking).refused,
      'session.mfa.require_mfa_verification',
    );
    const demanded = { ...ada, requiresSecondFactor: true };
    assert.equal(play(signIn(sso(true), { account: demanded }), mfa).prompt, 'show-factor');
  });

  describe('into an account that was found by its address, where the connector asks for second factors', () => {
    const mfa = { mfa: mandatory, ssoConnectors: [connector('acme', true)] };
    const strangers = { type: 'phone', value: '61412345678' } as const;
    const theirs = { ...ada, addresses: [address, strangers], trustedDevice: 'device' };
    const unverified: Related = { account: theirs, address, isVerified: false };

    // security: enterprise-linking
    it('shows a factor of the account if its address was verified', () => {
      const found = play(signIn(sso(true), { related: { ...related, account: theirs } }), mfa);
      assert.equal(found.prompt, 'show-factor');
      const all = [...signIn(sso(true), { related }), submitted(ada)];
      assert.equal(play(all, mfa).refused, 'session.mfa.require_mfa_verification');
    });

    // security: enterprise-linking
    it('sets up a factor in place of the factors that someone else set up before the address was verified', () => {
      const found = signIn(sso(true), { related: unverified });
      assert.equal(play(found, mfa).prompt, 'add-factor');
      assert.equal(play([...found, submitted(theirs)], mfa).refused, 'user.missing_mfa', 'not without any');
      const proof = made('Totp');
      const added: SignInEvent[] = [
        { type: 'proved', proof, account: theirs },
        { type: 'factor-added', proofId: proof.id, account: theirs },
      ];
      const done = play([...found, ...added, submitted(theirs)], mfa);
      assert.deepEqual(kinds(done), ['reclaim-account', 'enter-sso', 'add-factors', 'finish']);
      const [reclaim] = done.effects;
      assert.ok(reclaim?.type === 'reclaim-account' && reclaim.required, 'an address verified in between refuses it');
      assert.ok(!done.effects.some((effect) => effect.type === 'finish' && effect.device), 'no device of someone else');
    });

    it('sends codes to the address of the company alone', () => {
      const codes = {
        ...mfa,
        mfa: { factors: ['EmailVerificationCode', 'PhoneVerificationCode'], policy: 'Mandatory' } as Mfa,
      };
      const policy = resolvePolicy({ ...settings, ...codes });
      const { state } = play(signIn(sso(true), { related: unverified }), codes);
      const result = step(state, submitted(theirs), { policy, now });
      assert.deepEqual('data' in result && result.data, {
        availableFactors: ['EmailVerificationCode'],
        maskedIdentifiers: { EmailVerificationCode: 'a****@acme.example' },
      });
    });

    it('asks for its own factors from the next sign-in on', () => {
      assert.equal(play(signIn(sso(true), { account: theirs }), mfa).prompt, 'show-factor');
    });
  });

  describe('after a social account that the user wants to link', () => {
    const social = { ...bySocial('new'), id: 'social', identity: { id: 'new', email: address.value } };
    const identities = ({ state }: Played) => state?.profile.identities?.map(({ userId }) => userId);
    /** Asked before the company signed its users in. */
    const wanted = (): SignInState => {
      const events: SignInEvent[] = [
        started(),
        { type: 'proved', proof: social },
        { type: 'link-offered', proofId: social.id, related },
        { type: 'link-answered', proves: true },
        started(),
      ];
      return play(events).state ?? assert.fail();
    };
    const go = (state: SignInState, events: readonly SignInEvent[]): Played => {
      let played: Played = { state, effects: [] };
      for (const event of events) {
        const result = step(played.state, event, { policy: resolvePolicy(settings), now });
        if ('refused' in result) return { ...played, refused: result.refused };
        played = { state: result.state, effects: [...played.effects, ...result.effects] };
      }
      return played;
    };

    it('links it once the company has said that the account is the user’s', () => {
      const proof = sso(true);
      for (const who of [{ account: ada }, { related }]) {
        const events = signIn(proof, who).slice(1);
        assert.deepEqual(identities(go(wanted(), events)), ['new']);
        const done = go(wanted(), [...events, submitted(ada)]);
        assert.ok(kinds(done).includes('link-identity'), kinds(done).join());
      }
    });

    // security: enterprise-linking
    it('links it to no other account', () => {
      const eve = person('eve', [email('eve@acme.example')]);
      const other = go(wanted(), signIn(sso(false), { account: eve }).slice(1));
      assert.deepEqual([other.refused, other.state?.userId, identities(other)], [undefined, 'eve', undefined]);
      const taken = { ...ada, identities: { wechat: 'another' } };
      assert.equal(identities(go(wanted(), signIn(sso(true), { account: taken }).slice(1))), undefined);
    });

    it('links it where the page asks for that after the company has signed the user in', () => {
      const asked = (link: boolean): SignInEvent[] => [
        ...signIn(sso(true), { account: ada }),
        { type: 'proved', proof: social },
        { type: 'identified', proofId: social.id, link, related },
      ];
      assert.deepEqual(identities(play(asked(true))), ['new']);
      assert.equal(play(asked(false)).refused, 'session.sso_enabled');
    });
  });

  it('chooses among several providers of the address, and no other address is kept', () => {
    const named = (value: string): SignInEvent => ({ type: 'sso-address-named', email: value });
    assert.equal(play([started(), named(address.value)]).state?.ssoEmail, address.value);
    assert.equal(play([started(), named('eve@elsewhere.example')]).refused, 'session.sso_not_available');
  });

  it('is the only one who reaches a company’s account, whatever the order of the steps', () => {
    const eve = person('eve', [email('eve@elsewhere.example')], { secondFactors: having(['Totp']) });
    const people = [ada, eve];
    const who = fc.constantFrom(...people);
    const proofs: ((account: Account) => Proof)[] = [
      (account) => byPassword(account),
      (account) => byCode(account.addresses[0] ?? address),
      (account) => bySocial(account.id),
      () => sso(true, { id: `sso-${Math.random()}` }),
      () => sso(false, { id: `sso-${Math.random()}` }),
      (account) => shown('Totp', account),
    ];
    const draft = fc.record({
      kind: fc.constantFrom('start', 'change', 'prove', 'prove', 'identify', 'identify', 'name', 'submit'),
      intent: fc.constantFrom('SignIn' as const, 'SignIn' as const, 'Register' as const, 'ForgotPassword' as const),
      proof: fc.nat(proofs.length - 1),
      who,
      found: fc.constantFrom('account', 'related', 'nothing'),
      which: fc.integer({ min: -1, max: 3 }),
    });
    // Steps in the order that makes sense, so that the random ones around them meet sign-ins that are under way.
    const whole = fc
      .record({ proof: fc.nat(4), found: fc.constantFrom('account', 'related') })
      .map(({ proof, found }) => {
        const about = { intent: 'SignIn' as const, proof, who: ada, found, which: -1 };
        return [
          { ...about, kind: 'start' },
          { ...about, kind: 'prove' },
          { ...about, kind: 'identify' },
          { ...about, kind: 'prove', proof: 5 },
          { ...about, kind: 'submit' },
        ];
      });
    const chunk = fc.oneof({ weight: 4, arbitrary: draft.map((one) => [one]) }, { weight: 1, arbitrary: whole });
    const run = fc.record({
      drafts: fc.array(chunk, { minLength: 4, maxLength: 15, size: 'max' }).map((chunks) => chunks.flat()),
      requiresMfa: fc.boolean(),
      signInMode: fc.constantFrom('SignIn' as const, 'Register' as const, 'SignInAndRegister' as const),
    });
    let finished = 0;
    const check = ({ drafts, requiresMfa, signInMode }: typeof run extends fc.Arbitrary<infer Run> ? Run : never) => {
      const policy = resolvePolicy({
        ...settings,
        signInMode,
        mfa: mandatory,
        ssoConnectors: [connector('acme', requiresMfa)],
      });
      let state: SignInState | undefined;
      for (const { kind, intent, proof, who: account, found, which } of drafts) {
        const known = state?.proofs.at(which)?.id;
        const reached: Pick<Extract<SignInEvent, { type: 'identified' }>, 'account' | 'related'> = found === 'account'
          ? { account }
          : found === 'related'
            ? { related: { ...related, account } }
            : {};
        const event: SignInEvent =
          kind === 'start'
            ? { type: 'started', intent }
            : kind === 'change'
              ? { type: 'intent-changed', intent }
              : kind === 'prove'
                ? { type: 'proved', proof: (proofs[proof] as (account: Account) => Proof)(account) }
                : kind === 'identify'
                  ? { type: 'identified', proofId: known, account: undefined, ...reached }
                  : kind === 'name'
                    ? { type: 'sso-address-named', email: address.value }
                    : { type: 'submitted', account };
        const before = state;
        const result = step(before, event, { policy, now });
        if ('refused' in result) continue;
        state = result.state;
        if (before?.userId !== undefined && event.type !== 'started') assert.equal(state.userId, before.userId);
        const shownSso = state.proofs.find(({ type, used }) => type === 'EnterpriseSso' && used);
        for (const effect of result.effects) {
          if (effect.type === 'finish' && effect.userId === 'ada') {
            finished += 1;
            assert.ok(shownSso, 'only by the provider of the company');
            if (requiresMfa && state.intent === 'SignIn')
              assert.ok(
                state.proofs.some(({ type, used }) => type === 'Totp' && used),
                'with the second factor',
              );
          }
          if (effect.type === 'create-user' && shownSso) assert.notEqual(signInMode, 'SignIn');
          if (effect.type === 'reset-password') assert.notEqual(effect.userId, 'ada');
        }
      }
    };
    fc.assert(fc.property(run, check), { numRuns: 3000, seed: 20_261_130 });
    assert.ok(finished > 20, `${finished} sign-ins were completed`);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { step } from './machine.ts';
import { type PolicySettings, resolvePolicy } from './policy.ts';
import { maximumAge, type Proof, readState, type SignInState } from './state.ts';
import type { Account, Effect, Refusal, SignInEvent, Step } from './vocabulary.ts';

const now = 1_800_000_000_000;
const username = { identifier: 'username' as const, password: true };

const settings: PolicySettings = {
  signInMode: 'SignInAndRegister',
  signIn: { methods: [username] },
  signUp: { identifiers: ['username'], password: true },
  socialSignIn: {},
};
const socialOnly: PolicySettings = {
  ...settings,
  signIn: { methods: [] },
  signUp: { identifiers: [], password: false },
};

const ada: Account = {
  id: 'ada',
  isSuspended: false,
  username: true,
  email: false,
  phone: false,
  password: true,
  social: false,
  identities: {},
  addresses: [],
  risks: [],
  requiresSecondFactor: false,
};
const wechatUser: Account = {
  ...ada,
  id: 'wei',
  username: false,
  password: false,
  social: true,
  identities: { wechat: 'wei' },
};

const passwordOf = (userId: string): Proof => ({
  id: `password-${userId}`,
  type: 'Password',
  createdAt: now,
  used: false,
  passwordHash: 'hash',
  userId,
  identifier: { type: 'username', value: userId },
});
const expired: Proof = {
  ...passwordOf('ada'),
  type: 'Password',
  passwordHash: 'hash',
  userId: 'ada',
  identifier: { type: 'username', value: 'ada' },
  expired: true,
};
const newIdentity: Proof = {
  id: 'new',
  type: 'NewPasswordIdentity',
  createdAt: now,
  used: false,
  identifier: { type: 'username', value: 'bob' },
  password: 'sealed',
};
const social: Proof = {
  id: 'social',
  type: 'Social',
  createdAt: now,
  used: false,
  connectorId: 'c1',
  target: 'wechat',
  syncProfile: false,
  identity: { id: 'wei', name: 'Wei', avatar: 'https://example.com/wei.png' },
};

const start = (intent: SignInState['intent'] = 'SignIn'): SignInEvent => ({ type: 'started', intent });
const proved = (proof: Proof): SignInEvent => ({ type: 'proved', proof });
const identified = (proof: Proof, account?: Account) => ({
  type: 'identified' as const,
  proofId: proof.id,
  ...(account ? { account } : {}),
});
const submitted = (account?: Account) => ({ type: 'submitted' as const, ...(account ? { account } : {}) });
const submittedBy = submitted;
const created = (account: Account): SignInEvent => ({ type: 'created', account });

type Result = Step | Refusal;

/** Runs events until one is refused. */
function run(
  policySettings: PolicySettings,
  events: readonly SignInEvent[],
): { last: Result; effects: Effect[]; state: SignInState | undefined } {
  const context = { policy: resolvePolicy(policySettings), now };
  let state: SignInState | undefined;
  let last: Result = { refused: 'session.interaction_not_found' };
  const effects: Effect[] = [];
  for (const event of events) {
    last = step(state, event, context);
    if ('refused' in last) break;
    state = last.state;
    effects.push(...last.effects);
  }
  return { last, effects, state };
}

const summary = (result: Result): string => {
  if ('refused' in result) return `refused ${result.refused}`;
  const { prompt } = result;
  return prompt.kind === 'continue' ? `continue ${prompt.missing.join(' ')}` : prompt.kind;
};

const asking: PolicySettings = { ...settings, profileFields: ['shoeSize'] };
const answers: SignInEvent = { type: 'profile-added', profile: { customData: { shoeSize: 40 } } };

describe('the sign-in machine, as a table', () => {
  const only = (signInMode: PolicySettings['signInMode']): PolicySettings => ({ ...settings, signInMode });
  const table: [name: string, policy: PolicySettings, events: SignInEvent[], outcome: string][] = [
    // Beginning
    ['nothing happens before a start', settings, [proved(passwordOf('ada'))], 'refused session.interaction_not_found'],
    ['a sign-in begins with the sign-in page', settings, [start()], 'sign-in'],
    ['a registration begins with the registration page', settings, [start('Register')], 'register'],
    [
      'registration is closed where only sign-in is allowed',
      only('SignIn'),
      [start('Register')],
      'refused auth.forbidden',
    ],
    ['sign-in is closed where only registration is allowed', only('Register'), [start()], 'refused auth.forbidden'],
    [
      'a password reset is refused when no kind of address allows it',
      { ...settings, forgotPasswordMethods: [] },
      [start('ForgotPassword')],
      'refused auth.forbidden',
    ],
    [
      'a password reset is refused when passwords are switched off',
      { ...settings, signIn: { methods: [] } },
      [start('ForgotPassword')],
      'refused auth.forbidden',
    ],
    ['a user who forgot a password has to prove an address', settings, [start('ForgotPassword')], 'recover'],
    [
      'a person changes to registration',
      settings,
      [start(), { type: 'intent-changed', intent: 'Register' }],
      'register',
    ],
    [
      'and not where it is closed',
      only('SignIn'),
      [start(), { type: 'intent-changed', intent: 'Register' }],
      'refused auth.forbidden',
    ],
    [
      'resetting a password mixes with nothing',
      settings,
      [start(), { type: 'intent-changed', intent: 'ForgotPassword' }],
      'refused session.not_supported_for_forgot_password',
    ],
    // Operators' scripts
    [
      'a script that refuses a user overrides a right password',
      settings,
      [start(), proved(passwordOf('ada')), { ...identified(passwordOf('ada'), ada), verdict: { kind: 'denied' } }],
      'refused action.access_denied',
    ],
    [
      'a failing script stops the sign-in, at the end too',
      settings,
      [
        start(),
        proved(passwordOf('ada')),
        identified(passwordOf('ada'), ada),
        { ...submitted(ada), verdict: { kind: 'failed' } },
      ],
      'refused action.execution_failed',
    ],
    [
      // security: script-sign-ins
      'a script that allows a user proves nothing',
      settings,
      [start(), { ...identified(passwordOf('ada'), ada), verdict: { kind: 'passed', changes: { name: 'Eve' } } }],
      'refused session.verification_session_not_found',
    ],
    // What an operator wants to know of new people
    [
      'new people are asked before they have an account',
      asking,
      [start('Register'), proved(newIdentity), identified(newIdentity)],
      'continue extraProfile',
    ],
    [
      'and are registered with their answers',
      asking,
      [start('Register'), proved(newIdentity), identified(newIdentity), answers, { type: 'identified' }, created(ada)],
      'done',
    ],
    [
      'a user with an account is asked nothing',
      asking,
      [start(), proved(passwordOf('ada')), identified(passwordOf('ada'), ada)],
      'done',
    ],
    [
      'a user of a provider is asked nothing when the tenant skips required details',
      { ...asking, socialSignIn: { skipRequiredIdentifiers: true } },
      [start('Register'), proved(social), identified(social), created(wechatUser)],
      'done',
    ],
    // A password whose time is over
    [
      'a user with an expired password chooses another',
      settings,
      [start(), proved(expired), identified(expired, ada)],
      'continue password',
    ],
    [
      'and is not through before',
      settings,
      [start(), proved(expired), identified(expired, ada), submitted(ada)],
      'refused password.expired',
    ],
    [
      'but then',
      settings,
      [
        start(),
        proved(expired),
        identified(expired, ada),
        { type: 'password-chosen', password: 'sealed', account: ada },
        submitted(ada),
      ],
      'done',
    ],
    [
      'a password that has not expired is not replaced in a sign-in',
      settings,
      [
        start(),
        proved(passwordOf('ada')),
        identified(passwordOf('ada'), ada),
        { type: 'password-chosen', password: 'sealed', account: ada },
      ],
      'refused user.password_exists_in_profile',
    ],
    // Password
    ['a proof alone does not identify the user', settings, [start(), proved(passwordOf('ada'))], 'sign-in'],
    [
      'a right password identifies',
      settings,
      [start(), proved(passwordOf('ada')), identified(passwordOf('ada'), ada)],
      'done',
    ],
    [
      'a proof that was never given does not',
      settings,
      [start(), identified(passwordOf('ada'), ada)],
      'refused session.verification_session_not_found',
    ],
    [
      'a password proves its own account only',
      settings,
      [start(), proved(passwordOf('ada')), identified(passwordOf('ada'), { ...ada, id: 'bob' })],
      'refused session.verification_failed',
    ],
    [
      'a suspended account is refused',
      settings,
      [start(), proved(passwordOf('ada')), identified(passwordOf('ada'), { ...ada, isSuspended: true })],
      'refused user.suspended',
    ],
    [
      'passwords are refused where they are switched off',
      socialOnly,
      [start(), proved(passwordOf('ada')), identified(passwordOf('ada'), ada)],
      'refused user.sign_in_method_not_enabled',
    ],
    [
      'an account that lacks a required detail is asked for it',
      settings,
      [start(), proved(social), identified(social, wechatUser)],
      'continue username',
    ],
    [
      'and may go on with it',
      settings,
      [
        start(),
        proved(social),
        identified(social, wechatUser),
        { type: 'username-chosen', value: 'wei', taken: false, account: wechatUser },
      ],
      'done',
    ],
    [
      'but not with a taken one',
      settings,
      [
        start(),
        proved(social),
        identified(social, wechatUser),
        { type: 'username-chosen', value: 'ada', taken: true, account: wechatUser },
      ],
      'refused user.username_already_in_use',
    ],
    [
      'nor instead of the one it has',
      settings,
      [
        start(),
        proved(passwordOf('ada')),
        identified(passwordOf('ada'), ada),
        { type: 'username-chosen', value: 'eve', taken: false, account: ada },
      ],
      'refused user.username_exists_in_profile',
    ],
    // Registration
    [
      'a username and a password become an account',
      settings,
      [start('Register'), proved(newIdentity), identified(newIdentity), created(ada)],
      'done',
    ],
    [
      'unless usernames make no accounts here',
      socialOnly,
      [start('Register'), proved(newIdentity), identified(newIdentity)],
      'refused user.sign_up_method_not_enabled',
    ],
    [
      'a password of an account makes no second one',
      settings,
      [start('Register'), proved(passwordOf('ada')), identified(passwordOf('ada'), ada)],
      'refused session.verification_failed',
    ],
    [
      'nothing makes no account',
      settings,
      [start('Register'), { type: 'identified' }],
      'refused session.identifier_not_found',
    ],
    [
      'a chosen name alone makes none either',
      settings,
      [start('Register'), { type: 'username-chosen', value: 'bob', taken: false }],
      'continue password',
    ],
    // Social
    ['a known social identity signs in', socialOnly, [start(), proved(social), identified(social, wechatUser)], 'done'],
    [
      'an unknown one does not',
      socialOnly,
      [start(), proved(social), identified(social)],
      'refused user.identity_not_exist',
    ],
    [
      'but registers where nothing is required',
      socialOnly,
      [start('Register'), proved(social), identified(social), created(wechatUser)],
      'done',
    ],
    [
      'a known one registers no second account',
      socialOnly,
      [start('Register'), proved(social), identified(social, wechatUser)],
      'refused user.identity_already_in_use',
    ],
    [
      'required details are asked for before there is an account',
      settings,
      [start('Register'), proved(social), identified(social)],
      'continue username',
    ],
    [
      'and complete it',
      settings,
      [
        start('Register'),
        proved(social),
        identified(social),
        { type: 'username-chosen', value: 'wei', taken: false },
        { type: 'identified' },
        created({ ...wechatUser, username: true }),
      ],
      'done',
    ],
    [
      'unless the tenant skips them for social sign-in',
      { ...settings, socialSignIn: { skipRequiredIdentifiers: true } },
      [start('Register'), proved(social), identified(social), created(wechatUser), submitted(wechatUser)],
      'done',
    ],
    [
      'email and phone side by side: one of them is required',
      { ...settings, signUp: { identifiers: ['email', 'phone'], password: false } },
      [start('Register'), proved(social), identified(social)],
      'continue emailOrPhone',
    ],
    [
      'linking needs proof of both sides: without an account it is refused',
      socialOnly,
      [start(), proved(social), { type: 'identified', proofId: 'social', link: true }],
      'refused user.identity_not_exist',
    ],
    [
      'with a proved account it is done',
      settings,
      [
        start(),
        proved(passwordOf('ada')),
        identified(passwordOf('ada'), ada),
        proved(social),
        { type: 'identified', proofId: 'social', link: true },
        submitted(ada),
      ],
      'done',
    ],
    [
      'an identity of another user is not added',
      settings,
      [
        start(),
        proved(passwordOf('ada')),
        identified(passwordOf('ada'), ada),
        proved(social),
        { type: 'social-added', proofId: 'social', inUse: true, account: ada },
      ],
      'refused user.identity_already_in_use',
    ],
    // The identified user is never replaced
    [
      'a second proof of another account is a conflict',
      settings,
      [
        start(),
        proved(passwordOf('ada')),
        identified(passwordOf('ada'), ada),
        proved(social),
        identified(social, wechatUser),
      ],
      'refused session.identity_conflict',
    ],
    [
      'a used proof is not taken again',
      settings,
      [start(), proved(passwordOf('ada')), identified(passwordOf('ada'), ada), identified(passwordOf('ada'), ada)],
      'refused session.verification_session_not_found',
    ],
    [
      'an identified user does not change over to registration',
      settings,
      [
        start(),
        proved(passwordOf('ada')),
        identified(passwordOf('ada'), ada),
        { type: 'intent-changed', intent: 'Register' },
      ],
      'refused auth.forbidden',
    ],
    // Completion
    [
      'refuses to complete without an identified user',
      settings,
      [start(), submittedBy(ada)],
      'refused session.identifier_not_found',
    ],
    [
      'refuses to complete with missing details',
      settings,
      [start(), proved(social), identified(social, wechatUser), submitted(wechatUser)],
      'refused user.missing_profile',
    ],
    [
      'refuses to complete as another user',
      settings,
      [start(), proved(passwordOf('ada')), identified(passwordOf('ada'), ada), submitted({ ...ada, id: 'bob' })],
      'refused user.user_not_exist',
    ],
    [
      'refuses to complete when the user was suspended in between',
      settings,
      [
        start(),
        proved(passwordOf('ada')),
        identified(passwordOf('ada'), ada),
        submitted({ ...ada, isSuspended: true }),
      ],
      'refused user.suspended',
    ],
    [
      'an answer to nothing that was asked is refused',
      settings,
      [start(), { type: 'answered', challengeId: 'c', proof: social }],
      'refused session.verification_session_not_found',
    ],
  ];
  for (const [name, policy, events, outcome] of table) {
    it(name, () => assert.equal(summary(run(policy, events).last), outcome));
  }

  it('gives every prompt a reason', () => {
    const { last } = run(settings, [start('Register'), proved(social), identified(social)]);
    assert.ok('prompt' in last && last.prompt.reason.length > 10);
  });

  it('stores added details, links identities and completes, in this order', () => {
    const { effects } = run(settings, [
      start(),
      proved(passwordOf('ada')),
      identified(passwordOf('ada'), ada),
      proved(social),
      { type: 'social-added', proofId: 'social', inUse: false, account: ada },
      submitted(ada),
    ]);
    assert.deepEqual(
      effects.map(({ type }) => type),
      ['link-identity', 'finish'],
    );
    const [, finish] = effects;
    assert.deepEqual(finish, { type: 'finish', userId: 'ada', amr: ['pwd', 'social'], patch: {}, risks: [] });
  });

  // security: unproved-addresses
  it('takes no email address and no phone from a provider, because no code has proved them', () => {
    const identity = { ...social.identity, email: 'boss@example.com', phone: '34600000000' };
    const telling: Proof = { ...social, syncProfile: true, identity };
    const picture = { name: 'Wei', avatar: 'https://example.com/wei.png' };
    const { effects } = run(socialOnly, [start('Register'), proved(telling), identified(telling)]);
    const linked = { target: 'wechat', userId: 'wei', details: identity };
    assert.deepEqual(effects, [{ type: 'create-user', profile: { ...picture, identities: [linked] } }]);
    const known = [start(), proved(telling), identified(telling, wechatUser), submitted(wechatUser)];
    const finish = { type: 'finish', userId: 'wei', amr: ['social'], patch: picture, risks: [] };
    assert.deepEqual(run(socialOnly, known).effects, [finish]);
  });

  it('updates name and picture of a known user only when the connector is set to', () => {
    const events = (proof: Proof) => [start(), proved(proof), identified(proof, wechatUser), submitted(wechatUser)];
    const patchOf = (effects: Effect[]) => effects.find((effect) => effect.type === 'finish')?.patch;
    assert.deepEqual(patchOf(run(socialOnly, events(social)).effects), {});
    assert.deepEqual(patchOf(run(socialOnly, events({ ...social, syncProfile: true })).effects), {
      name: 'Wei',
      avatar: 'https://example.com/wei.png',
    });
  });
});

describe('a stored state', () => {
  const fresh = run(settings, [start()]).state;
  const refused: [string, unknown][] = [
    ['of another version', { ...fresh, version: 1 }],
    ['without a version', { ...fresh, version: undefined }],
    ['that is too old', { ...fresh, startedAt: now - maximumAge - 1 }],
    ['from the future', { ...fresh, startedAt: now + 3_600_000 }],
    ['without its proofs', { ...fresh, proofs: undefined }],
    ['with a proof that is none', { ...fresh, proofs: ['Password'] }],
    ['with an intent that there is not', { ...fresh, intent: 'Anything' }],
    ['with a person that is none', { ...fresh, userId: 1 }],
    ['with a list for a profile', { ...fresh, profile: [] }],
    ['whose questions were answered otherwise', { ...fresh, answered: 'yes' }],
    ['with new factors that are no list', { ...fresh, newFactors: {} }],
    ['with a new factor that is none', { ...fresh, newFactors: [null] }],
    ['with a new factor of an unknown kind', { ...fresh, newFactors: [{ type: 'EmailVerificationCode' }] }],
    ['with decisions that are a list', { ...fresh, choices: ['skipped'] }],
    ['with an unknown decision', { ...fresh, choices: { everything: true } }],
    ['with a decision that is neither', { ...fresh, choices: { skipped: 'no' } }],
    ['that is a list', [fresh]],
    ['that is no object', 'SignIn'],
    ['that is absent', null],
  ];
  it('is read unchanged', () => {
    const full = {
      ...fresh,
      userId: 'ada',
      answered: true,
      newFactors: [{ type: 'Totp', secretSealed: 'sealed', step: 1 }],
      choices: { skipped: true },
    };
    for (const state of [fresh, full]) assert.deepEqual(readState(JSON.parse(JSON.stringify(state)), now), state);
  });
  for (const [name, stored] of refused) {
    it(`${name} is refused`, () => assert.equal(readState(stored, now), undefined));
  }
});

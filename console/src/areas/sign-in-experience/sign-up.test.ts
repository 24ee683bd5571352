import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  choiceOf,
  chooseIdentifiers,
  choosePassword,
  identifierChoices,
  newMethod,
  passwordIdentifiers,
} from './sign-up.ts';

const start = {
  signUp: { identifiers: ['username' as const], password: true, verify: false, secondaryIdentifiers: [] },
  signIn: { methods: [newMethod('username')] },
};

describe('Choosing the identifiers of new accounts', () => {
  it('brings verification, and a sign-in method for each identifier', () => {
    const { signUp, signIn } = chooseIdentifiers(start, identifierChoices.emailOrPhone);
    assert.deepEqual(
      { identifiers: signUp.identifiers, verify: signUp.verify, password: signUp.password },
      { identifiers: ['email', 'phone'], verify: true, password: true },
    );
    assert.deepEqual(
      signIn.methods.map(({ identifier, password, verificationCode }) => [identifier, password, verificationCode]),
      [
        ['username', true, false],
        ['email', true, false],
        ['phone', true, false],
      ],
    );
  });

  it('asks for nothing when accounts come from social sign-in only, and keeps the methods of existing users', () => {
    const { signUp, signIn } = chooseIdentifiers(start, identifierChoices.none);
    assert.deepEqual(signUp, { identifiers: [], password: false, verify: false, secondaryIdentifiers: [] });
    assert.deepEqual(signIn, start.signIn);
  });

  it('gives a username its password back', () => {
    const social = chooseIdentifiers(start, identifierChoices.none);
    assert.equal(chooseIdentifiers(social, identifierChoices.username).signUp.password, true);
  });

  it('lets users without a password sign in with a code', () => {
    const { signIn } = choosePassword(chooseIdentifiers(start, identifierChoices.email), false);
    assert.deepEqual(signIn.methods.find(({ identifier }) => identifier === 'email')?.verificationCode, true);
  });

  it('asks for no detail twice', () => {
    const signUp = {
      ...start.signUp,
      secondaryIdentifiers: [{ identifier: 'email' as const }, { identifier: 'phone' as const }],
    };
    assert.deepEqual(chooseIdentifiers({ ...start, signUp }, identifierChoices.email).signUp.secondaryIdentifiers, [
      { identifier: 'phone' },
    ]);
  });

  it('finds the choice of saved identifiers in any order, and none for a combination of its own', () => {
    assert.equal(choiceOf(['phone', 'email']), 'emailOrPhone');
    assert.equal(choiceOf([]), 'none');
    assert.equal(choiceOf(['username', 'email']), undefined);
  });
});

describe('The identifiers that the sign-in page accepts with a password', () => {
  const offered = { ...start, signInMode: 'SignInAndRegister' as const, socialSignInConnectorTargets: ['wechat'] };
  const socialOnly = { ...offered, signUp: { ...start.signUp, identifiers: [] } };

  it('are those of the sign-in methods with a password', () => {
    const methods = [newMethod('username'), { ...newMethod('email'), password: false, verificationCode: true }];
    assert.deepEqual(passwordIdentifiers({ ...offered, signIn: { methods } }), ['username']);
  });

  it('are none where new accounts come from social buttons only, or the pages only sign users up', () => {
    assert.deepEqual(passwordIdentifiers(socialOnly), []);
    assert.deepEqual(passwordIdentifiers({ ...offered, signInMode: 'Register' }), []);
  });

  it('stay where no account can be created, or no social button is shown', () => {
    assert.deepEqual(passwordIdentifiers({ ...socialOnly, signInMode: 'SignIn' }), ['username']);
    assert.deepEqual(passwordIdentifiers({ ...socialOnly, socialSignInConnectorTargets: [] }), ['username']);
  });
});

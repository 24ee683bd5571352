import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { method, now, passwords } from '../../../../test/support/sign-in-machine.ts';
import { promptFor, step } from './machine.ts';
import { type PolicySettings, resolvePolicy } from './policy.ts';
import { type Intent, readState, type SignInState } from './state.ts';
import type { SignInEvent } from './vocabulary.ts';

const settings: PolicySettings = {
  ...passwords,
  signIn: { methods: [method('username', { password: true }), method('email', { code: true })] },
};
const policy = resolvePolicy(settings);
const given = (type: 'username' | 'email'): SignInEvent => ({
  type: 'identifier-given',
  identifier: { type, value: 'ana' },
});
const begin = (intent: Intent): SignInState => {
  const begun = step(undefined, { type: 'started', intent }, { policy, now });
  assert.ok('state' in begun);
  return begun.state;
};

describe('the sign-in machine, given an identifier,', () => {
  it('asks for its password next, and stores it across requests', () => {
    const result = step(begin('SignIn'), given('username'), { policy, now });
    assert.ok('state' in result);
    const { kind, ...prompt } = result.prompt;
    assert.equal(kind, 'sign-in');
    assert.deepEqual('identifier' in prompt && prompt.identifier, { type: 'username', value: 'ana' });
    assert.deepEqual(readState(JSON.parse(JSON.stringify(result.state)), now), result.state);
    assert.equal(readState({ ...result.state, identifier: { type: 'username' } }, now), undefined);
  });

  it('drops it when the sign-in starts again, and ignores it when passwords are switched off', () => {
    const result = step(begin('SignIn'), given('username'), { policy, now });
    assert.ok('state' in result);
    const again = step(result.state, { type: 'started', intent: 'SignIn' }, { policy, now });
    assert.ok('state' in again);
    assert.equal(again.state.identifier, undefined);
    const withoutPasswords = resolvePolicy({ ...settings, signIn: { methods: [method('email', { code: true })] } });
    const prompt = promptFor(result.state, withoutPasswords);
    assert.equal('identifier' in prompt, false);
  });

  it('refuses one that does not sign in with a password, in another intent, or after the user is identified', () => {
    const refusal = (state: SignInState, event: SignInEvent) => {
      const result = step(state, event, { policy, now });
      return 'refused' in result ? result.refused : undefined;
    };
    assert.equal(refusal(begin('SignIn'), given('email')), 'user.sign_in_method_not_enabled');
    assert.equal(refusal(begin('Register'), given('username')), 'auth.forbidden');
    assert.equal(refusal({ ...begin('SignIn'), userId: 'ana' }, given('username')), 'session.identity_conflict');
  });
});

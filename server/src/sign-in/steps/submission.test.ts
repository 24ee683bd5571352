import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type SignInState, stateVersion } from '../machine/state.ts';
import { describeSubmission } from './submission.ts';

describe('What is kept of a sign-in', () => {
  const proof = { createdAt: 1, used: true };
  const state: Omit<SignInState, 'intent' | 'proofs'> = {
    version: stateVersion,
    startedAt: 1,
    challenges: [],
    profile: { password: 'a sealed digest' },
  };

  // security: script-tokens
  it('contains no password, no digest and no provider token', () => {
    const kept = describeSubmission(
      'u1',
      {
        ...state,
        intent: 'Register',
        proofs: [
          {
            ...proof,
            id: 'p1',
            type: 'NewPasswordIdentity',
            identifier: { type: 'username', value: 'ada' },
            password: 'a sealed digest',
          },
          {
            ...proof,
            id: 'p2',
            type: 'Social',
            connectorId: 'c1',
            target: 'wechat',
            syncProfile: true,
            identity: { id: 'open-id', name: 'Ada', rawData: { access_token: 'opens something', city: 'Paris' } },
          },
        ],
      },
      undefined,
    );
    assert.deepEqual(kept.signInContext, undefined);
    assert.deepEqual(kept.verificationRecords, [
      { id: 'p1', type: 'NewPasswordIdentity', identifier: { type: 'username', value: 'ada' } },
      {
        id: 'p2',
        type: 'Social',
        connectorId: 'c1',
        socialUserInfo: { id: 'open-id', name: 'Ada', rawData: { access_token: '******', city: 'Paris' } },
      },
    ]);
    assert.equal(/sealed|opens/.test(JSON.stringify(kept)), false);
  });

  it('contains the location of the request, under the mapped header names', () => {
    const place = {
      country: 'DE',
      city: 'Munich',
      point: { latitude: 48.1, longitude: 11.5 },
      botScore: 29,
      isBotVerified: false,
      isUntrusted: true,
    };
    const { signInContext } = describeSubmission('u1', { ...state, intent: 'SignIn', proofs: [] }, place);
    assert.deepEqual(signInContext, {
      country: 'DE',
      city: 'Munich',
      latitude: '48.1',
      longitude: '11.5',
      botScore: '29',
      botVerified: 'false',
    });
  });
});

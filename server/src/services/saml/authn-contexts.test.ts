import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { answeringContext, needOf } from './authn-contexts.ts';

const classes = 'urn:oasis:names:tc:SAML:2.0:ac:classes:';
const transport = `${classes}PasswordProtectedTransport`;
const mfa = 'https://refeds.org/profile/mfa';
/** What the libraries of service providers ask for by default. */
const usual = { comparison: 'exact', classes: [transport] } as const;

describe('A context that a service provider asks for', () => {
  it('by default is reached without a password: by a passkey, a social account or a company', () => {
    for (const amr of [[], ['swk'], ['swk', 'mfa'], ['pwd'], ['email']])
      assert.equal(answeringContext({ ...usual, classes: [...usual.classes] }, amr), transport, amr.join());
    assert.equal(needOf({ ...usual, classes: [...usual.classes] }), 'nothing');
  });

  it('needs a second factor where it says so, whatever the first one was', () => {
    const asked = { comparison: 'exact' as const, classes: [mfa] };
    assert.equal(answeringContext(asked, ['pwd']), undefined);
    assert.equal(answeringContext(asked, ['swk']), undefined);
    assert.equal(answeringContext(asked, ['swk', 'mfa']), mfa);
    assert.equal(needOf(asked), 'second factor');
    assert.equal(needOf({ comparison: 'better', classes: [mfa] }), 'unreachable');
  });

  it('is what the user did where nothing was asked', () => {
    assert.equal(answeringContext(undefined, ['pwd', 'otp', 'mfa']), transport);
    assert.equal(answeringContext(undefined, ['swk', 'mfa']), mfa);
    assert.equal(answeringContext(undefined, []), `${classes}unspecified`);
  });
});

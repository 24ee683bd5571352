import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { emailBlockOf } from './email-blocklist.ts';

describe('Email address rules', () => {
  const everything = { blockDisposableAddresses: true, blockSubaddressing: true };
  const notAllowed = 'session.email_blocklist.email_not_allowed';
  const subaddressing = 'session.email_blocklist.email_subaddressing_not_allowed';
  const disposable = 'session.email_blocklist.disposable_email_not_allowed';

  it('accepts every email address by default', async () => {
    for (const email of ['ana@example.com', 'ana+shop@example.com', 'ana@mailinator.com'])
      assert.equal(await emailBlockOf({}, email), undefined);
    assert.equal(await emailBlockOf(everything, 'ana@example.com'), undefined);
  });

  it('rejects blocked domains (with or without @) and addresses in any case', async () => {
    const policy = { customBlocklist: ['example.com', '@Example.ORG', 'Eve@example.net'] };
    for (const email of ['ana@example.com', 'ana@EXAMPLE.com', 'ana@example.org', 'eve@example.net'])
      assert.equal(await emailBlockOf(policy, email), notAllowed, email);
    // Not a part of a name, a subdomain, or another address of the domain.
    for (const email of ['ana@myexample.com', 'ana@sub.example.com', 'ana@example.net', '"eve@example.net"@free.test'])
      assert.equal(await emailBlockOf(policy, email), undefined, email);
  });

  it('rejects addresses with a tag if subaddressing is blocked', async () => {
    assert.equal(await emailBlockOf({ blockSubaddressing: true }, 'ana+shop@example.com'), subaddressing);
    assert.equal(await emailBlockOf({ blockSubaddressing: false }, 'ana+shop@example.com'), undefined);
  });

  it('rejects disposable email services, including subdomains', async () => {
    for (const email of ['ana@mailinator.com', 'ana@Mailinator.COM', 'ana@inbox.mailinator.com'])
      assert.equal(await emailBlockOf({ blockDisposableAddresses: true }, email), disposable, email);
    for (const email of ['ana@gmail.com', 'ana@mailinator.com.example.org'])
      assert.equal(await emailBlockOf({ blockDisposableAddresses: true }, email), undefined, email);
  });

  it('accepts only addresses on the allowlist if it is not empty', async () => {
    for (const [allowed, email] of [
      ['mine.com', 'ana@mine.com'],
      ['@Mine.com', 'ana@MINE.com'],
      ['Ana@example.com', 'ana@EXAMPLE.com'],
    ] as const) {
      const policy = { ...everything, customAllowlist: ['elsewhere.test', allowed] };
      assert.equal(await emailBlockOf(policy, email), undefined, email);
      for (const other of ['eve@other.com', 'ana@sub.mine.com', 'eve@example.com'])
        assert.equal(await emailBlockOf(policy, other), notAllowed, other);
    }
  });

  it('rejects a blocked address even if it is on the allowlist', async () => {
    const customAllowlist = ['mailinator.com', '@example.com'];
    const policy = { ...everything, customBlocklist: ['eve@example.com'], customAllowlist };
    for (const [email, code] of [
      ['eve@example.com', notAllowed],
      ['ana+shop@example.com', subaddressing],
      ['ana@mailinator.com', disposable],
      ['ana@example.com', undefined],
    ] as const)
      assert.equal(await emailBlockOf(policy, email), code, email);
  });

  it('matches wildcards in email lists, which never span the @', async () => {
    for (const [entry, matching, others] of [
      ['foo*@x.com', ['foo@x.com', 'FOObar@X.com'], ['afoo@x.com', 'foo@xx.com', 'foo@y.com']],
      ['@*.bad.com', ['ana@a.bad.com', 'ana@a.b.bad.com'], ['ana@bad.com', 'ana@a.bad.com.org', 'ana@abad.com']],
      ['*.bad.com', ['ana@a.bad.com'], ['ana@bad.com', '"x.bad.com"@good.test']],
      ['*spam*@bad.*', ['spam@bad.com', 'my-spam-box@bad.co.uk'], ['spa.m@bad.com', 'spam@good.bad.com']],
      ['*@x.com', ['ana@x.com'], ['ana@y.com']],
      ['@*.München.test', ['ana@mail.münchen.test', 'ana@mail.xn--mnchen-3ya.test'], ['ana@mail.munchen.test']],
      ['a*a@x.com', ['aa@x.com', 'aba@x.com'], ['a@x.com']],
    ] satisfies [string, string[], string[]][]) {
      for (const email of matching)
        for (const [policy, code] of [
          [{ customBlocklist: [entry] }, notAllowed],
          [{ customAllowlist: [entry] }, undefined],
        ] satisfies [object, string | undefined][])
          assert.equal(await emailBlockOf(policy, email), code, `${entry} ${email}`);
      for (const email of others)
        assert.equal(await emailBlockOf({ customBlocklist: [entry] }, email), undefined, email);
    }
  });
});

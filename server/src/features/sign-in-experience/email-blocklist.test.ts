import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { emailBlockOf } from './email-blocklist.ts';

describe('The email addresses that a tenant takes', () => {
  const everything = { blockDisposableAddresses: true, blockSubaddressing: true };
  const notAllowed = 'session.email_blocklist.email_not_allowed';
  const subaddressing = 'session.email_blocklist.email_subaddressing_not_allowed';
  const disposable = 'session.email_blocklist.disposable_email_not_allowed';

  it('are all, unless it says otherwise', async () => {
    for (const email of ['ana@example.com', 'ana+shop@example.com', 'ana@mailinator.com'])
      assert.equal(await emailBlockOf({}, email), undefined);
    assert.equal(await emailBlockOf(everything, 'ana@example.com'), undefined);
  });

  it('are not those on its list: domains with or without @, whole addresses, in any case', async () => {
    const policy = { customBlocklist: ['example.com', '@Example.ORG', 'Eve@example.net'] };
    for (const email of ['ana@example.com', 'ana@EXAMPLE.com', 'ana@example.org', 'eve@example.net'])
      assert.equal(await emailBlockOf(policy, email), notAllowed, email);
    // Neither a part of a name, nor a subdomain, nor another person of the domain.
    for (const email of ['ana@myexample.com', 'ana@sub.example.com', 'ana@example.net', '"eve@example.net"@free.test'])
      assert.equal(await emailBlockOf(policy, email), undefined, email);
  });

  it('are not those with a tag, where it does not want them', async () => {
    assert.equal(await emailBlockOf({ blockSubaddressing: true }, 'ana+shop@example.com'), subaddressing);
    assert.equal(await emailBlockOf({ blockSubaddressing: false }, 'ana+shop@example.com'), undefined);
  });

  it('are not those of services that throw them away, subdomains included', async () => {
    for (const email of ['ana@mailinator.com', 'ana@Mailinator.COM', 'ana@inbox.mailinator.com'])
      assert.equal(await emailBlockOf({ blockDisposableAddresses: true }, email), disposable, email);
    for (const email of ['ana@gmail.com', 'ana@mailinator.com.example.org'])
      assert.equal(await emailBlockOf({ blockDisposableAddresses: true }, email), undefined, email);
  });

  it('are those on its allowlist, whatever else it says', async () => {
    const customBlocklist = ['example.com'];
    for (const [allowed, email] of [
      ['mailinator.com', 'ana+shop@mailinator.com'],
      ['@example.com', 'ana@example.com'],
      ['Ana@example.com', 'ana@EXAMPLE.com'],
    ] as const) {
      const policy = { ...everything, customBlocklist, customAllowlist: [allowed] };
      assert.equal(await emailBlockOf(policy, email), undefined, email);
    }
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PageFrame, PageView } from '@aldaba/contract/pages';
import { renderPage } from '@aldaba/pages';
import { leavingViews, sampleFrame, sampleViews } from './testing/views.ts';

const frame: PageFrame = {
  ...sampleFrame({ logoUrl: 'https://cdn.example.com/a;b/logo.svg?v=1', favicon: 'https://cdn.example.com/icon.png' }),
  customCssPath: '/assets/custom.0123.css',
};
const views: [string, PageView][] = Object.entries({ ...sampleViews, ...leavingViews });
const links = (html: string): boolean => html.includes('/assets/custom.');
const imagesOf = (policy: string): string => /img-src ([^;]*)/.exec(policy)?.[1] ?? '';

/** Every attribute of a page that CSS can compare, apart from what the page itself is made of. */
const hiddenFields = (html: string): string[] =>
  [...html.matchAll(/<input type="hidden" name="([^"]*)"/g)].map(([, name]) => name ?? '');

describe('Operator CSS', () => {
  // security: escaping
  it('links operator CSS on no page that carries a secret in its HTML', () => {
    const harmless = ['app_id', 'interaction', 'terms', 'profile.avatar', 'connector'];
    const secrets = [
      ...['value="one-time"', 'JBSWY3DPEHPK3PXP', '0a1b2c3d4e', '93a4b5c6d7', 'data:application/octet-stream'],
      ...['name="xsrf"', 'name="token"', 'name="one_time_token"', 'name="code" value'],
    ];
    for (const [name, view] of views) {
      const { html } = renderPage(frame, view);
      const found = secrets.filter((secret) => html.includes(secret));
      if (found.length > 0) assert.equal(links(html), false, `${name}: ${found}`);
      if (links(html))
        assert.deepEqual(
          hiddenFields(html).filter((field) => !harmless.includes(field)),
          [],
          name,
        );
    }
    assert.equal(links(renderPage(frame, sampleViews.signIn).html), true);
  });

  it('links operator CSS only on listed kinds of pages', () => {
    const unjudged = { ...sampleViews.signedOut, kind: 'form-post', action: '/', fields: {} } as const;
    assert.equal(links(renderPage(frame, unjudged).html), false);
    for (const kind of ['one-time-token', 'bind-app', 'backup-codes', 'setup', 'consent', 'end-session'])
      for (const [name, view] of views)
        if (view.kind === kind) assert.equal(links(renderPage(frame, view).html), false, name);
  });
});

describe('Pictures on a page', () => {
  // security: escaping
  it('limits pictures to the tenant’s own addresses if the page shows a secret', () => {
    for (const view of [sampleViews.oneTimeToken, sampleViews.bindTotp, sampleViews.backupCodes, sampleViews.setup]) {
      const { contentSecurityPolicy } = renderPage(frame, view);
      assert.equal(
        imagesOf(contentSecurityPolicy),
        "'self' data: https://cdn.example.com/a%3Bb/logo.svg https://cdn.example.com/icon.png",
      );
    }
    assert.equal(imagesOf(renderPage(sampleFrame(), sampleViews.bindTotp).contentSecurityPolicy), "'self' data:");
  });

  it('allows pictures from any https host if the operator may write CSS', () => {
    assert.equal(imagesOf(renderPage(frame, sampleViews.signIn).contentSecurityPolicy), "'self' data: https:");
  });
});

describe('Forms of a page', () => {
  // security: escaping
  it('stay on the server’s own origin where no redirect to an application follows them', () => {
    const closed = new Map<string, string>();
    for (const [name, view] of views) {
      const { contentSecurityPolicy } = renderPage(frame, view);
      const action = /form-action ('[a-z]+')/.exec(contentSecurityPolicy)?.[1];
      const part = 'screen' in view ? `${view.kind}/${view.screen.part}` : view.kind;
      if (action !== undefined) closed.set(part, action);
      else assert.ok(!closed.has(part), name);
    }
    for (const kind of ['signed-out', 'unknown-session', 'error', 'welcome', 'demo-app'])
      assert.equal(closed.get(kind), "'none'", kind);
    for (const [, view] of views) {
      if (view.kind === 'setup') assert.equal(closed.get(view.kind), "'self'");
      if (view.kind !== 'account' && view.kind !== 'portal') continue;
      const leaves = view.screen.part === 'social' || view.screen.part === 'sso-connection';
      assert.equal(closed.get(`${view.kind}/${view.screen.part}`), leaves ? undefined : "'self'", view.screen.part);
    }
  });
});

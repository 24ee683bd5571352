import type { PageFrame, PageView, RenderedPage } from '@aldaba/contract/pages';
import { renderToString } from 'preact-render-to-string';
import { Account, accountScript, accountTitle } from './account/index.tsx';
import { checkBasePath } from './addresses.ts';
import type { AssetName } from './assets.ts';
import { Document } from './document.tsx';
import { type BindingView, bindingPageOf, factorPages } from './factors/index.ts';
import { InteractionHandle } from './fields.tsx';
import { type PhraseKey, phrase, speaking } from './phrases/index.ts';
import { contentSecurityPolicy, isStyled } from './policy.ts';
import { Portal, portalTitle } from './portal/index.tsx';
import { sheetsOf, sourcesOf } from './sheets.ts';
import { ChooseAccount } from './views/choose-account.tsx';
import { Consent } from './views/consent.tsx';
import { DemoApp } from './views/demo-app.tsx';
import { Continue, Register, SignIn, SignInPassword } from './views/entry.tsx';
import { ChooseFactor } from './views/factor-binding.tsx';
import { LinkAccount } from './views/link-account.tsx';
import { OneTimeToken } from './views/one-time-token.tsx';
import { ForgotPassword, ResetPassword } from './views/password.tsx';
import { SecondFactor } from './views/second-factor.tsx';
import {
  EndSession,
  ErrorPage,
  FormPost,
  SamlSignOut,
  SignedOut,
  samlSignOutTitle,
  UnknownSession,
} from './views/session.tsx';
import { Setup, Welcome } from './views/setup.tsx';
import { SingleSignOn, SingleSignOnConnectors, SingleSignOnPassword } from './views/single-sign-on.tsx';
import { VerificationCode } from './views/verification.tsx';

const body = (frame: PageFrame, view: PageView) => {
  const binding = bindingPageOf(view);
  if (binding) return <binding.Page frame={frame} view={view} />;
  switch (view.kind) {
    case 'sign-in':
      return <SignIn frame={frame} view={view} />;
    case 'sign-in-password':
      return <SignInPassword frame={frame} view={view} />;
    case 'register':
      return <Register frame={frame} view={view} />;
    case 'continue':
      return <Continue frame={frame} view={view} />;
    case 'forgot-password':
      return <ForgotPassword frame={frame} view={view} />;
    case 'reset-password':
      return <ResetPassword frame={frame} view={view} />;
    case 'verification-code':
      return <VerificationCode frame={frame} view={view} />;
    case 'one-time-token':
      return <OneTimeToken frame={frame} view={view} />;
    case 'second-factor':
      return <SecondFactor frame={frame} view={view} />;
    case 'choose-factor':
      return <ChooseFactor frame={frame} view={view} />;
    case 'choose-account':
      return <ChooseAccount frame={frame} view={view} />;
    case 'link-account':
      return <LinkAccount frame={frame} view={view} />;
    case 'single-sign-on':
      return <SingleSignOn frame={frame} view={view} />;
    case 'single-sign-on-connectors':
      return <SingleSignOnConnectors frame={frame} view={view} />;
    case 'single-sign-on-password':
      return <SingleSignOnPassword frame={frame} view={view} />;
    case 'consent':
      return <Consent frame={frame} view={view} />;
    case 'end-session':
      return <EndSession frame={frame} view={view} />;
    case 'signed-out':
      return <SignedOut frame={frame} view={view} />;
    case 'unknown-session':
      return <UnknownSession frame={frame} view={view} />;
    case 'error':
      return <ErrorPage frame={frame} view={view} />;
    case 'setup':
      return <Setup frame={frame} view={view} />;
    case 'welcome':
      return <Welcome frame={frame} />;
    case 'demo-app':
      return <DemoApp frame={frame} view={view} />;
    case 'account':
      return <Account frame={frame} view={view} />;
    case 'portal':
      return <Portal frame={frame} view={view} />;
    case 'form-post':
      return <FormPost frame={frame} view={view} />;
    case 'saml-sign-out':
      return <SamlSignOut frame={frame} view={view} />;
  }
};

const titles: Readonly<
  Record<Exclude<PageView['kind'], BindingView['kind'] | 'account' | 'portal' | 'saml-sign-out'>, PhraseKey>
> = {
  'sign-in': 'signIn.title',
  'sign-in-password': 'signInPassword.title',
  register: 'register.title',
  continue: 'continue.title',
  'forgot-password': 'forgot.title',
  'reset-password': 'reset.title',
  'verification-code': 'code.emailTitle',
  'one-time-token': 'signIn.title',
  'second-factor': 'secondFactor.title',
  'choose-factor': 'binding.title',
  'choose-account': 'chooseAccount.title',
  'link-account': 'linking.title',
  'single-sign-on': 'sso.title',
  'single-sign-on-connectors': 'sso.chooseTitle',
  'single-sign-on-password': 'signInPassword.title',
  consent: 'consent.title',
  'end-session': 'endSession.title',
  'signed-out': 'signedOut.title',
  'unknown-session': 'unknownSession.title',
  error: 'error.title',
  setup: 'setup.title',
  welcome: 'welcome.title',
  'demo-app': 'demo.title',
  'form-post': 'formPost.title',
};

const headingOf = (view: PageView): PhraseKey => {
  if (view.kind === 'account') return accountTitle(view);
  if (view.kind === 'verification-code') return view.channel === 'email' ? 'code.emailTitle' : 'code.phoneTitle';
  if (view.kind === 'choose-factor' && view.additional) return 'binding.additionalTitle';
  if (view.kind === 'bind-passkey' && view.signsIn) return 'bindPasskey.offerTitle';
  if (view.kind === 'continue' && view.expired) return 'continue.expiredTitle';
  if (view.kind === 'unknown-session' && view.isSignedIn) return 'endedSession.title';
  if (view.kind === 'saml-sign-out') return samlSignOutTitle(view);
  return bindingPageOf(view)?.title ?? titles[view.kind as keyof typeof titles];
};

/** The title names the page and the tenant; on an error page it starts with the error, for users of screen readers. */
const titleOf = (frame: PageFrame, view: PageView): string => {
  const { name } = frame.branding;
  const named = view.kind === 'saml-sign-out' ? view.applications[0] : undefined;
  const application = view.kind === 'consent' ? view.application.name : (named ?? '');
  const sentence =
    view.kind === 'portal' ? portalTitle(view) : phrase(frame.language, headingOf(view), { name, application });
  const title = sentence.includes(name) ? sentence : `${sentence} · ${name}`;
  const failed = 'error' in view && view.error !== undefined;
  return failed ? `${phrase(frame.language, 'form.problem')}: ${title}` : title;
};

/** The one island of a page: there is never more than one script, so that a first load is at most four requests. */
const scriptOf = (view: PageView): AssetName | undefined => {
  const binding = bindingPageOf(view);
  if (binding) return binding.script;
  switch (view.kind) {
    case 'sign-in':
      if (view.passkey) return 'passkey-sign-in.js';
      return view.social.length > 0 ? 'social.js' : 'form.js';
    case 'register':
      return view.social.length > 0 ? 'social.js' : 'form.js';
    case 'sign-in-password':
    case 'setup':
      return view.passkey ? 'passkey.js' : 'form.js';
    case 'continue':
    case 'forgot-password':
    case 'reset-password':
    case 'verification-code':
    case 'one-time-token':
    case 'choose-account':
    case 'link-account':
    case 'single-sign-on':
    case 'single-sign-on-connectors':
    case 'single-sign-on-password':
    case 'choose-factor':
    case 'consent':
      return 'form.js';
    case 'second-factor':
      return factorPages[view.factor].script;
    case 'portal':
      return view.screen.part.startsWith('directory') ? 'copy.js' : 'form.js';
    case 'end-session':
      return view.auto ? 'submit.js' : 'form.js';
    case 'saml-sign-out':
      return view.step === 'leaving' ? 'leave.js' : 'form.js';
    case 'form-post':
      return 'submit.js';
    case 'account':
      return accountScript(view);
    case 'demo-app':
      return 'demo.js';
    default:
      return undefined;
  }
};

/**
 * Renders a page: the whole HTML document and the Content-Security-Policy it has to be sent with.
 * @param words the operator's own, which replace built-in ones by their keys
 * @throws TypeError when the base path, a page's path or a form's action is not the kind of address it must be.
 */
export const renderPage = (frame: PageFrame, view: PageView, words?: Readonly<Record<string, string>>): RenderedPage =>
  speaking({ tag: frame.tag ?? frame.language, language: frame.language, words: words ?? {} }, () =>
    render(frame, view),
  );

/** Whether an error is about a field that the page does not have, and so stands nowhere. */
const isSilent = (view: PageView, html: string): boolean =>
  'error' in view && view.error !== undefined && !html.includes(' data-code="');

const aboveTheForm = (view: PageView): PageView => {
  if (!('error' in view) || view.error === undefined) return view;
  const { code, message } = view.error;
  return { ...view, error: { code, message } };
};

const render = (frame: PageFrame, view: PageView): RenderedPage => {
  checkBasePath(frame.basePath);
  const sheets = sheetsOf(frame, view);
  const draw = (shown: PageView) =>
    renderToString(
      <Document
        frame={frame}
        kind={shown.kind}
        title={titleOf(frame, shown)}
        sheets={sheets}
        script={scriptOf(shown)}
        customCssPath={isStyled(shown) ? frame.customCssPath : undefined}
      >
        <InteractionHandle.Provider value={frame.interaction}>{body(frame, shown)}</InteractionHandle.Provider>
      </Document>,
    );
  const drawn = draw(view);
  const html = isSilent(view, drawn) ? draw(aboveTheForm(view)) : drawn;
  return {
    html: `<!doctype html>${html}`,
    contentSecurityPolicy: contentSecurityPolicy(frame, view, sourcesOf(sheets)),
  };
};

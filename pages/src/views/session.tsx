/**
 * Pages at the edges of a session: signing out, an expired sign-in, errors, and the form that carries an answer to the
 * application.
 */
import type {
  EndSessionView,
  ErrorView,
  FormPostView,
  PageFrame,
  SamlSignOutView,
  SignedOutView,
  UnknownSessionView,
} from '@aldaba/contract/pages';
import { formAction, pageLink, webAddress } from '../addresses.ts';
import { Hidden, Submit } from '../fields.tsx';
import { type PhraseKey, phrase } from '../phrases/index.ts';
import { Heading } from './parts.tsx';

export const EndSession = ({ frame, view }: { frame: PageFrame; view: EndSessionView }) => {
  const t = (key: PhraseKey) => phrase(frame.language, key, { name: frame.branding.name });
  return (
    <>
      <Heading
        text={t(view.auto ? 'endSession.auto' : 'endSession.title')}
        lead={view.auto ? undefined : t('endSession.lead')}
      />
      <form id="op.logoutForm" class="choice" method="post" action={formAction(view.action)}>
        <Hidden fields={{ xsrf: view.xsrf }} />
        {view.auto && <Hidden fields={{ logout: 'yes' }} />}
        {view.auto ? (
          <Submit>{t('endSession.confirm')}</Submit>
        ) : (
          <>
            <Submit name="logout" value="yes">
              {t('endSession.confirm')}
            </Submit>
            <button type="submit" class="button outlined">
              <span class="button-label">{t('endSession.stay')}</span>
            </button>
          </>
        )}
      </form>
    </>
  );
};

export const SignedOut = ({ frame, view }: { frame: PageFrame; view: SignedOutView }) => (
  <Heading
    text={phrase(frame.language, 'signedOut.title')}
    lead={
      view.applicationName === undefined
        ? phrase(frame.language, 'signedOut.lead')
        : phrase(frame.language, 'signedOut.leadFrom', { application: view.applicationName })
    }
  />
);

export const UnknownSession = ({ frame, view }: { frame: PageFrame; view: UnknownSessionView }) => {
  const { applicationName: application, isSignedIn } = view;
  const address = webAddress(view.continueUrl);
  const t = (key: PhraseKey) => phrase(frame.language, key, { application: application ?? '' });
  const again = isSignedIn ? 'endedSession.continue' : 'unknownSession.continue';
  return (
    <>
      <Heading
        text={t(isSignedIn ? 'endedSession.title' : 'unknownSession.title')}
        lead={t(isSignedIn ? 'endedSession.lead' : 'unknownSession.lead')}
      />
      {address !== undefined && (
        <a class="button primary" href={address}>
          <span class="button-label">{t(application === undefined ? again : 'unknownSession.toApplication')}</span>
        </a>
      )}
    </>
  );
};

/** Where to go from an error: to the start of the sign-in while it waits, else to the application. */
const WayOn = ({ frame, view }: { frame: PageFrame; view: ErrorView }) => {
  const { restart, applicationName: application } = view;
  const address = restart ? pageLink(frame, restart.path, restart.appId) : webAddress(view.continueUrl);
  if (address === undefined) return null;
  const back = restart || application === undefined ? 'unknownSession.continue' : 'unknownSession.toApplication';
  return (
    <a class="button primary" href={address}>
      <span class="button-label">{phrase(frame.language, back, { application: application ?? '' })}</span>
    </a>
  );
};

export const ErrorPage = ({ frame, view }: { frame: PageFrame; view: ErrorView }) => (
  <>
    <Heading text={phrase(frame.language, 'error.title')} lead={view.message} />
    <WayOn frame={frame} view={view} />
    <dl class="trace">
      <dt>{phrase(frame.language, 'error.code')}</dt>
      <dd>
        <code>{view.code}</code>
      </dd>
      {view.detail !== undefined && (
        <>
          <dt>{phrase(frame.language, 'error.detail')}</dt>
          <dd>
            <code lang="en">{view.detail}</code>
          </dd>
        </>
      )}
      {view.traceId !== undefined && (
        <>
          <dt>{phrase(frame.language, 'error.trace')}</dt>
          <dd>
            <code>{view.traceId}</code>
          </dd>
        </>
      )}
    </dl>
  </>
);

export const samlSignOutTitle = ({ step }: SamlSignOutView) =>
  step === 'leaving' || step === 'unanswered' ? (`samlSignOut.${step}` as const) : 'samlSignOut.incomplete';

/** Between the applications of a sign-out. The island submits the form only while nothing went wrong. */
export const SamlSignOut = ({ frame, view }: { frame: PageFrame; view: SamlSignOutView }) => {
  const title = samlSignOutTitle(view);
  const t = (key: PhraseKey) => phrase(frame.language, key, { application: view.applications[0] ?? '' });
  return (
    <>
      <Heading text={t(title)} lead={t(`${title}Lead`)} />
      {view.step === 'incomplete' && (
        <ul class="account">
          {view.applications.map((name) => (
            <li key={name}>
              <strong>{name}</strong>
            </li>
          ))}
        </ul>
      )}
      {view.action !== undefined && (
        <form method="post" action={formAction(view.action)} class="main-form">
          <Submit>{t('formPost.submit')}</Submit>
        </form>
      )}
    </>
  );
};

/**
 * The answer to `response_mode=form_post` (OAuth 2.0 Form Post Response Mode). The island submits it.
 */
export const FormPost = ({ frame, view }: { frame: PageFrame; view: FormPostView }) => (
  <>
    <Heading text={phrase(frame.language, 'formPost.title')} lead={phrase(frame.language, 'formPost.lead')} />
    <form method="post" action={formAction(view.action)} class="main-form">
      <Hidden fields={view.fields} />
      <Submit>{phrase(frame.language, 'formPost.submit')}</Submit>
    </form>
  </>
);

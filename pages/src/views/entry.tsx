/** Pages of a sign-in in progress: sign in, register, and the details that are still missing. */
import type {
  ContinueView,
  PageError,
  PageFrame,
  RegisterView,
  SignInPasswordView,
  SignInView,
} from '@aldaba/contract/pages';
import type { ComponentChildren } from 'preact';
import { pageLink } from '../addresses.ts';
import { Captcha } from '../captcha.tsx';
import { PasskeySignIn } from '../factors/passkey.tsx';
import {
  AddressField,
  Alert,
  Field,
  Hidden,
  IdentifierField,
  NameForPasswordManager,
  Notice,
  PasswordRules,
  Submit,
} from '../fields.tsx';
import { visibleOptions } from '../islands/filter.ts';
import { OneTap } from '../one-tap.tsx';
import { type PhraseKey, phrase } from '../phrases/index.ts';
import { abilitiesOf } from '../preview.ts';
import { Questions } from '../questions.tsx';
import { Social } from '../social.tsx';
import { TermsCheckbox, TermsNotice } from '../terms.tsx';
import { Connects } from './link-account.tsx';
import { Heading, LeftToRight } from './parts.tsx';
import { SingleSignOnLink } from './single-sign-on.tsx';

/**
 * Whether an error concerns the form as a whole. One of another service does not: the keyboard that a field opens on a
 * phone would hide what it says.
 */
const isOfForm = (error: PageError | undefined): boolean =>
  error !== undefined && error.field === undefined && !error.code.startsWith('connector.');

/** Whether a script would show the checkbox that all social buttons share, in a preview, which has none. */
const isShownByScript = (frame: PageFrame, { social }: Pick<SignInView, 'social'>): boolean =>
  frame.preview !== undefined && visibleOptions(social, abilitiesOf(frame)).includes(true);

/** A link to the other of the two ways in, under a question. */
const Switch = (props: { frame: PageFrame; question: PhraseKey; link: PhraseKey; href: string }) => (
  <p class="switch">
    {phrase(props.frame.language, props.question)} <a href={props.href}>{phrase(props.frame.language, props.link)}</a>
  </p>
);

/**
 * Form, checkbox, social buttons and notice in the order that both ways in share. Without an action there is no form.
 */
const Entry = (props: {
  frame: PageFrame;
  view: SignInView | RegisterView;
  action: string | undefined;
  submit: PhraseKey;
  children: ComponentChildren;
}) => {
  const { frame, view } = props;
  const asks = view.terms === 'checkbox';
  const hasForm = props.action !== undefined;
  const passkey = view.kind === 'sign-in' ? view.passkey : undefined;
  const hasSso = view.kind === 'sign-in' && view.sso === true;
  return (
    <>
      <Alert error={view.error} focus={!hasForm || !isOfForm(view.error)} />
      {hasForm && (
        <form class="main-form" method="post" action={`${frame.basePath}${props.action}`}>
          <Hidden fields={{ app_id: view.appId }} />
          {props.children}
          {asks && <TermsCheckbox frame={frame} id="terms" error={view.error} />}
          <Captcha frame={frame} challenge={view.captcha} />
          <Submit>{phrase(frame.language, props.submit)}</Submit>
        </form>
      )}
      {!hasForm && asks && view.social.length > 0 && (
        <div class="needs-script" hidden={!isShownByScript(frame, view)}>
          <TermsCheckbox frame={frame} id="terms" error={view.error} />
        </div>
      )}
      {passkey && <PasskeySignIn frame={frame} appId={view.appId} offer={passkey} hasForm={hasForm} />}
      <Social
        frame={frame}
        appId={view.appId}
        options={view.social}
        terms={view.terms}
        hasForm={hasForm}
        hasOthers={hasSso}
        opensElsewhere={view.opensElsewhere}
      />
      {hasSso && <SingleSignOnLink frame={frame} appId={view.appId} divides={hasForm && view.social.length === 0} />}
      <TermsNotice frame={frame} terms={view.terms} />
    </>
  );
};

const passwordField = {
  name: 'password',
  control: 'password',
  label: 'field.password',
  missing: 'field.passwordMissing',
  autocomplete: 'current-password',
} as const;

/** Below the password, and before the button, in the order that a person reads. */
const ForgotPasswordLink = ({ frame, view }: { frame: PageFrame; view: SignInView | SignInPasswordView }) =>
  view.forgotPasswordPath === undefined ? null : (
    <a class="forgot" href={pageLink(frame, view.forgotPasswordPath, view.appId)}>
      {phrase(frame.language, 'signIn.forgotPassword')}
    </a>
  );

const signInActions: Readonly<Record<SignInView['form'], string | undefined>> = {
  password: '/sign-in',
  code: '/sign-in/code',
  identifier: '/sign-in/identifier',
  none: undefined,
};

export const SignIn = ({ frame, view }: { frame: PageFrame; view: SignInView }) => {
  const { error } = view;
  const password = view.form === 'password';
  return (
    <>
      <Heading text={phrase(frame.language, 'signIn.title', { name: frame.branding.name })} />
      {view.notice === 'password-changed' && <Notice>{phrase(frame.language, 'signIn.passwordChanged')}</Notice>}
      <Connects frame={frame} provider={view.connects} />
      <Entry
        frame={frame}
        view={view}
        action={signInActions[view.form]}
        submit={password ? 'signIn.submit' : 'continue.submit'}
      >
        <IdentifierField
          frame={frame}
          identifiers={view.identifiers}
          value={view.username}
          error={error}
          passkeys={view.passkey?.autofill}
          focus={error?.field === 'username' || (!password && isOfForm(error))}
        />
        {password && (
          <>
            <Field
              frame={frame}
              {...passwordField}
              error={error}
              focus={isOfForm(error) || error?.field === 'password'}
            />
            <ForgotPasswordLink frame={frame} view={view} />
          </>
        )}
      </Entry>
      {view.oneTap && <OneTap frame={frame} offer={view.oneTap} />}
      {view.registerPath !== undefined && (
        <Switch
          frame={frame}
          question="signIn.toRegister"
          link="signIn.registerLink"
          href={pageLink(frame, view.registerPath, view.appId)}
        />
      )}
    </>
  );
};

/** The second page of a sign-in that asks for the identifier first. */
export const SignInPassword = ({ frame, view }: { frame: PageFrame; view: SignInPasswordView }) => {
  const t = (key: PhraseKey) => phrase(frame.language, key);
  const { error } = view;
  return (
    <>
      <Heading text={t('signInPassword.title')} />
      <p class="identifier">
        <span id="identifier">
          <LeftToRight>{view.identifier}</LeftToRight>
        </span>
        <a href={pageLink(frame, '/sign-in', view.appId)} aria-describedby="identifier">
          {t('signInPassword.change')}
        </a>
      </p>
      <Connects frame={frame} provider={view.connects} />
      <Alert error={error} />
      <form class="main-form" method="post" action={`${frame.basePath}/sign-in`}>
        <Hidden fields={{ app_id: view.appId, ...(view.agreed ? { terms: 'yes' } : {}) }} />
        <input type="text" name="username" autocomplete="username" value={view.identifier} readOnly hidden />
        <Field frame={frame} {...passwordField} error={error} focus />
        <ForgotPasswordLink frame={frame} view={view} />
        <Captcha frame={frame} challenge={view.captcha} />
        <Submit>{t('signIn.submit')}</Submit>
        {view.code && (
          <button type="submit" class="button outlined" formAction={`${frame.basePath}/sign-in/code`} formNoValidate>
            <span class="button-label">{t('signIn.sendCode')}</span>
          </button>
        )}
      </form>
      {view.passkey && (
        <PasskeySignIn frame={frame} appId={view.appId} offer={view.passkey} hasForm agreed={view.agreed} />
      )}
    </>
  );
};

/** An error of a form with a new password, which is never sent back to the browser: that it has to be typed again. */
export const retypingError = (frame: PageFrame, error: PageError | undefined): PageError | undefined =>
  error === undefined || error.field === 'password' || error.field === 'confirmPassword'
    ? error
    : { ...error, message: phrase(frame.language, 'field.passwordAgain', { message: error.message }) };

/** Username and new password, as registration, the continue page and the setup ask for them. */
export const NewCredentials = (props: {
  frame: PageFrame;
  view: Pick<ContinueView, 'username' | 'passwordRules' | 'error'>;
  asks: ContinueView['missing'];
}) => {
  const { frame, view, asks } = props;
  const { error } = view;
  const first = asks[0];
  const general = isOfForm(error);
  return (
    <>
      {asks.includes('username') && (
        <Field
          frame={frame}
          name="username"
          control="identifier"
          label="field.username"
          missing="field.usernameMissing"
          autocomplete="username"
          value={view.username}
          error={error}
          focus={error?.field === 'username' || (general && first === 'username')}
        />
      )}
      {asks.includes('password') && (
        <>
          <Field
            frame={frame}
            name="password"
            control="password"
            label="field.newPassword"
            missing="field.newPasswordMissing"
            autocomplete="new-password"
            error={error}
            focus={error?.field === 'password' || (general && first === 'password')}
            hint={view.passwordRules.length > 0 ? 'password-rules' : undefined}
          />
          <PasswordRules frame={frame} rules={view.passwordRules} />
        </>
      )}
    </>
  );
};

export const Register = ({ frame, view: given }: { frame: PageFrame; view: RegisterView }) => {
  const { form } = given;
  const error = form === 'username' ? retypingError(frame, given.error) : given.error;
  const view: RegisterView = { ...given, ...(error ? { error } : {}) };
  const byAddress = form === 'none' ? undefined : '/register/code';
  return (
    <>
      <Heading text={phrase(frame.language, 'register.title', { name: frame.branding.name })} />
      <Entry
        frame={frame}
        view={view}
        action={form === 'username' ? '/register' : byAddress}
        submit={form === 'username' ? 'register.submit' : 'continue.submit'}
      >
        {form === 'username' && <NewCredentials frame={frame} view={view} asks={['username', 'password']} />}
        {form !== 'username' && form !== 'none' && (
          <AddressField
            frame={frame}
            form={form}
            value={view.typedAddress}
            error={error}
            focus={error?.field === 'address' || isOfForm(error)}
          />
        )}
      </Entry>
      {view.signInPath !== undefined && (
        <Switch
          frame={frame}
          question="register.toSignIn"
          link="register.signInLink"
          href={pageLink(frame, view.signInPath, view.appId)}
        />
      )}
    </>
  );
};

const Details = ({ frame, view }: { frame: PageFrame; view: ContinueView }) => (
  <form
    class="main-form"
    method="post"
    action={`${frame.basePath}/continue`}
    enctype={view.questions.some(({ control }) => control === 'picture') ? 'multipart/form-data' : undefined}
  >
    <Hidden fields={{ app_id: view.appId }} />
    {!view.missing.includes('username') && <NameForPasswordManager username={view.username} />}
    <NewCredentials frame={frame} view={view} asks={view.missing} />
    <Questions frame={frame} questions={view.questions} error={view.error} />
    <Submit>{phrase(frame.language, 'continue.submit')}</Submit>
  </form>
);

export const Continue = ({ frame, view: given }: { frame: PageFrame; view: ContinueView }) => {
  const error = given.missing.includes('password') ? retypingError(frame, given.error) : given.error;
  const view: ContinueView = { ...given, ...(error ? { error } : {}) };
  const { address } = view;
  const t = (key: PhraseKey) => phrase(frame.language, key);
  const details = address === undefined ? 'continue.lead' : 'continue.addressLead';
  return (
    <>
      <Heading
        text={t(view.expired ? 'continue.expiredTitle' : 'continue.title')}
        lead={t(view.expired ? 'continue.expiredLead' : details)}
      />
      <Alert error={view.error} />
      {address === undefined ? (
        <Details frame={frame} view={view} />
      ) : (
        <form class="main-form" method="post" action={`${frame.basePath}${view.addressPath ?? '/continue/address'}`}>
          <Hidden fields={{ app_id: view.appId }} />
          <AddressField
            frame={frame}
            form={address}
            value={view.typedAddress}
            error={view.error}
            focus={view.error !== undefined}
          />
          <Submit>{t('continue.submit')}</Submit>
        </form>
      )}
    </>
  );
};

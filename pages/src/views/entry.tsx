/** Pages of a sign-in in progress: sign in, register, and the details that are still missing. */
import type { ContinueView, PageError, PageFrame, RegisterView, SignInView } from '@aldaba/contract';
import type { ComponentChildren } from 'preact';
import { pageLink } from '../addresses.ts';
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
import { type PhraseKey, phrase } from '../phrases/index.ts';
import { Questions } from '../questions.tsx';
import { Social } from '../social.tsx';
import { TermsCheckbox, TermsNotice } from '../terms.tsx';
import { Heading } from './parts.tsx';

/**
 * Whether an error concerns the form as a whole. One of another service does not: the keyboard that a field opens on a phone
 * would hide what it says.
 */
export const isOfForm = (error: PageError | undefined): boolean =>
  error !== undefined && error.field === undefined && !error.code.startsWith('connector.');

/** A link to the other of the two ways in, under a question. */
const Switch = (props: { frame: PageFrame; question: PhraseKey; link: PhraseKey; href: string }) => (
  <p class="switch">
    {phrase(props.frame.language, props.question)} <a href={props.href}>{phrase(props.frame.language, props.link)}</a>
  </p>
);

/** Form, checkbox, social buttons and notice in the order that both ways in share. Without an action there is no form. */
const Entry = (props: {
  frame: PageFrame;
  view: SignInView | RegisterView;
  action: string | undefined;
  submit: PhraseKey;
  /** What follows the main button in the order of the keyboard, wherever it stands. */
  after?: ComponentChildren;
  children: ComponentChildren;
}) => {
  const { frame, view } = props;
  const asks = view.terms === 'checkbox';
  const hasForm = props.action !== undefined;
  return (
    <>
      <Alert error={view.error} focus={!hasForm || !isOfForm(view.error)} />
      {hasForm && (
        <form class="main-form" method="post" action={`${frame.basePath}${props.action}`}>
          <Hidden fields={{ app_id: view.appId }} />
          {props.children}
          {asks && <TermsCheckbox frame={frame} id="terms" error={view.error} />}
          <Submit>{phrase(frame.language, props.submit)}</Submit>
          {props.after}
        </form>
      )}
      {!hasForm && asks && view.social.length > 0 && (
        <div class="needs-script" hidden>
          <TermsCheckbox frame={frame} id="terms" error={view.error} />
        </div>
      )}
      <Social frame={frame} appId={view.appId} options={view.social} terms={view.terms} hasForm={hasForm} />
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

/** The password's own companions: the way to a new one, and a code instead of it. */
const InsteadOfPassword = ({ frame, view }: { frame: PageFrame; view: SignInView }) => (
  <>
    {view.code && (
      <button type="submit" class="button outlined" formAction={`${frame.basePath}/sign-in/code`} formNoValidate>
        <span class="button-label">{phrase(frame.language, 'signIn.sendCode')}</span>
      </button>
    )}
    {view.forgotPasswordPath !== undefined && (
      <a class="forgot" href={pageLink(frame, view.forgotPasswordPath, view.appId)}>
        {phrase(frame.language, 'signIn.forgotPassword')}
      </a>
    )}
  </>
);

export const SignIn = ({ frame, view }: { frame: PageFrame; view: SignInView }) => {
  const { error, password } = view;
  const hasForm = view.identifiers.length > 0 && (password || view.code);
  const byCode = password ? '/sign-in' : '/sign-in/code';
  return (
    <>
      <Heading text={phrase(frame.language, 'signIn.title', { name: frame.branding.name })} />
      {view.notice === 'password-changed' && <Notice>{phrase(frame.language, 'signIn.passwordChanged')}</Notice>}
      <Entry
        frame={frame}
        view={view}
        action={hasForm ? byCode : undefined}
        submit={password ? 'signIn.submit' : 'continue.submit'}
        after={password && <InsteadOfPassword frame={frame} view={view} />}
      >
        <IdentifierField
          frame={frame}
          identifiers={view.identifiers}
          value={view.username}
          error={error}
          focus={error?.field === 'username' || (!password && isOfForm(error))}
        />
        {password && (
          <Field
            frame={frame}
            {...passwordField}
            error={error}
            focus={isOfForm(error) || error?.field === 'password'}
          />
        )}
      </Entry>
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
          control="text"
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

export const Register = ({ frame, view }: { frame: PageFrame; view: RegisterView }) => {
  const { form, error } = view;
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
  <form class="main-form" method="post" action={`${frame.basePath}/continue`}>
    <Hidden fields={{ app_id: view.appId }} />
    {!view.missing.includes('username') && <NameForPasswordManager username={view.username} />}
    <NewCredentials frame={frame} view={view} asks={view.missing} />
    <Questions frame={frame} questions={view.questions} error={view.error} />
    <Submit>{phrase(frame.language, 'continue.submit')}</Submit>
  </form>
);

export const Continue = ({ frame, view }: { frame: PageFrame; view: ContinueView }) => {
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

/** Pages of a sign-in in progress: sign in, register, and the details that are still missing. */
import type { ContinueView, PageError, PageFrame, RegisterView, SignInView } from '@aldaba/contract';
import type { ComponentChildren } from 'preact';
import { pageLink } from '../addresses.ts';
import { Alert, Field, Hidden, PasswordRules, Submit } from '../fields.tsx';
import { type PhraseKey, phrase } from '../phrases/index.ts';
import { Questions } from '../questions.tsx';
import { Social } from '../social.tsx';
import { TermsCheckbox, TermsNotice } from '../terms.tsx';
import { Heading } from './parts.tsx';

/**
 * Whether an error concerns the form as a whole. One of another service does not: the keyboard that a field opens on a phone
 * would hide what it says.
 */
const isOfForm = (error: PageError | undefined): boolean =>
  error !== undefined && error.field === undefined && !error.code.startsWith('connector.');

/** A link to the other of the two ways in, under a question. */
const Switch = (props: { frame: PageFrame; question: PhraseKey; link: PhraseKey; href: string }) => (
  <p class="switch">
    {phrase(props.frame.language, props.question)} <a href={props.href}>{phrase(props.frame.language, props.link)}</a>
  </p>
);

/** Form, checkbox, social buttons and notice in the order that both ways in share. */
const Entry = (props: {
  frame: PageFrame;
  view: SignInView | RegisterView;
  submit: PhraseKey;
  children: ComponentChildren;
}) => {
  const { frame, view } = props;
  const asks = view.terms === 'checkbox';
  return (
    <>
      <Alert error={view.error} focus={!view.password || !isOfForm(view.error)} />
      {view.password && (
        <form class="main-form" method="post" action={`${frame.basePath}/${view.kind}`}>
          <Hidden fields={{ app_id: view.appId }} />
          {props.children}
          {asks && <TermsCheckbox frame={frame} id="terms" error={view.error} />}
          <Submit>{phrase(frame.language, props.submit)}</Submit>
        </form>
      )}
      {!view.password && asks && view.social.length > 0 && (
        <div class="needs-script" hidden>
          <TermsCheckbox frame={frame} id="terms" error={view.error} />
        </div>
      )}
      <Social frame={frame} appId={view.appId} options={view.social} terms={view.terms} hasForm={view.password} />
      <TermsNotice frame={frame} terms={view.terms} />
    </>
  );
};

export const SignIn = ({ frame, view }: { frame: PageFrame; view: SignInView }) => (
  <>
    <Heading text={phrase(frame.language, 'signIn.title', { name: frame.branding.name })} />
    <Entry frame={frame} view={view} submit="signIn.submit">
      <Field
        frame={frame}
        name="username"
        label="field.username"
        missing="field.usernameMissing"
        autocomplete="username"
        value={view.username}
        error={view.error}
        focus={view.error?.field === 'username'}
      />
      <Field
        frame={frame}
        name="password"
        label="field.password"
        missing="field.passwordMissing"
        autocomplete="current-password"
        error={view.error}
        focus={isOfForm(view.error) || view.error?.field === 'password'}
      />
    </Entry>
    {view.registerPath !== undefined && (
      <Switch
        frame={frame}
        question="signIn.toRegister"
        link="signIn.registerLink"
        href={pageLink(frame.basePath, view.registerPath, view.appId)}
      />
    )}
  </>
);

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

export const Register = ({ frame, view }: { frame: PageFrame; view: RegisterView }) => (
  <>
    <Heading text={phrase(frame.language, 'register.title', { name: frame.branding.name })} />
    <Entry frame={frame} view={view} submit="register.submit">
      <NewCredentials frame={frame} view={view} asks={['username', 'password']} />
    </Entry>
    {view.signInPath !== undefined && (
      <Switch
        frame={frame}
        question="register.toSignIn"
        link="register.signInLink"
        href={pageLink(frame.basePath, view.signInPath, view.appId)}
      />
    )}
  </>
);

export const Continue = ({ frame, view }: { frame: PageFrame; view: ContinueView }) => (
  <>
    <Heading
      text={phrase(frame.language, view.expired ? 'continue.expiredTitle' : 'continue.title')}
      lead={phrase(frame.language, view.expired ? 'continue.expiredLead' : 'continue.lead')}
    />
    <Alert error={view.error} />
    <form class="main-form" method="post" action={`${frame.basePath}/continue`}>
      <Hidden fields={{ app_id: view.appId }} />
      {!view.missing.includes('username') && view.username !== undefined && (
        // Tells the password manager whose password this is; it has no name, so it is not sent.
        <input type="text" autocomplete="username" value={view.username} readOnly hidden />
      )}
      <NewCredentials frame={frame} view={view} asks={view.missing} />
      <Questions frame={frame} questions={view.questions} error={view.error} />
      <Submit>{phrase(frame.language, 'continue.submit')}</Submit>
    </form>
  </>
);

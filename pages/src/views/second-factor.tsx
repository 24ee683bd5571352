/** The second factor that a person shows at sign-in, one page for each, with links to the others that would do. */
import type { PageFrame, SecondFactorView } from '@aldaba/contract/pages';
import { pageLink } from '../addresses.ts';
import { Alert, CodeField, Field, Hidden, Notice, Submit } from '../fields.tsx';
import { Shield } from '../icons.tsx';
import { PasskeyForm } from '../passkey.tsx';
import { type PhraseKey, phrase } from '../phrases/index.ts';
import { FactorLinks } from './factors.tsx';
import { Heading } from './parts.tsx';
import { SendAgain, WithAddress } from './verification.tsx';

interface Props {
  frame: PageFrame;
  view: SecondFactorView;
}

const actionOf = ({ frame, view }: Props): string => `${frame.basePath}/mfa-verification/${view.factor}`;

const CodeForm = (props: Props) => {
  const { frame, view } = props;
  return (
    <form class="main-form" method="post" action={actionOf(props)}>
      <Hidden fields={{ app_id: view.appId }} />
      {view.factor === 'BackupCode' ? (
        <Field
          frame={frame}
          name="code"
          control="text"
          label="field.backupCode"
          missing="field.backupCodeMissing"
          autocomplete="off"
          error={view.error}
          focus
        />
      ) : (
        <CodeField frame={frame} error={view.error} />
      )}
      <Submit>{phrase(frame.language, 'secondFactor.confirm')}</Submit>
    </form>
  );
};

/** A sent code. The user requests it first, so that visiting the page does not send a message. */
const SentCode = (props: Props) => {
  const { frame, view } = props;
  const send = `/mfa-verification/${view.factor}/send`;
  if (view.sent) {
    return (
      <>
        <CodeForm {...props} />
        <div class="asides">
          <SendAgain frame={frame} appId={view.appId} path={send} after={view.resendAfter} />
        </div>
      </>
    );
  }
  return (
    <form class="main-form" method="post" action={`${frame.basePath}${send}`}>
      <Hidden fields={{ app_id: view.appId }} />
      <Submit>{phrase(frame.language, 'secondFactor.send')}</Submit>
    </form>
  );
};

const Lead = ({ frame, view }: Props) => {
  const t = (key: PhraseKey) => phrase(frame.language, key);
  switch (view.factor) {
    case 'Totp':
      return <>{t('secondFactor.totp')}</>;
    case 'WebAuthn':
      return <>{t('secondFactor.webAuthn')}</>;
    case 'BackupCode':
      return <>{t('secondFactor.backupCode')}</>;
    default: {
      const own = view.factor === 'EmailVerificationCode' ? 'secondFactor.yourEmail' : 'secondFactor.yourPhone';
      const sentence = view.sent ? 'code.lead' : 'secondFactor.willSend';
      return <WithAddress frame={frame} sentence={sentence} address={view.maskedAddress ?? t(own)} />;
    }
  }
};

const Factor = (props: Props) => {
  const { frame, view } = props;
  switch (view.factor) {
    case 'WebAuthn':
      return (
        view.options && (
          <PasskeyForm
            frame={frame}
            appId={view.appId}
            action={actionOf(props)}
            ceremony="get"
            options={view.options}
          />
        )
      );
    case 'Totp':
    case 'BackupCode':
      return <CodeForm {...props} />;
    default:
      return <SentCode {...props} />;
  }
};

export const SecondFactor = ({ frame, view }: Props) => {
  const t = (key: PhraseKey) => phrase(frame.language, key);
  const { factor, error } = view;
  const hasField = factor === 'Totp' || factor === 'BackupCode' || (factor !== 'WebAuthn' && view.sent === true);
  return (
    <>
      <Heading text={t('secondFactor.title')} lead={<Lead frame={frame} view={view} />} />
      {view.unusual && <Notice sign={<Shield />}>{t('secondFactor.unusual')}</Notice>}
      <Alert error={error} focus={!hasField} />
      <Factor frame={frame} view={view} />
      {view.others.length > 0 && (
        <nav class="other-ways" aria-labelledby="other-ways">
          <h2 id="other-ways">{t('factor.others')}</h2>
          <FactorLinks frame={frame} appId={view.appId} path="/mfa-verification" factors={view.others} />
        </nav>
      )}
      <p class="switch">
        <a href={pageLink(frame, '/sign-in', view.appId)}>{t('secondFactor.otherUser')}</a>
      </p>
    </>
  );
};

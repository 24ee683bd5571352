/** Pages of a forgotten password: where to send a code, and the new password. */
import type { ForgotPasswordView, PageFrame, ResetPasswordView } from '@aldaba/contract/pages';
import { pageLink } from '../addresses.ts';
import { Captcha } from '../captcha.tsx';
import { AddressField, Alert, Hidden, NameForPasswordManager, Submit } from '../fields.tsx';
import { type PhraseKey, phrase } from '../phrases/index.ts';
import { NewCredentials } from './entry.tsx';
import { Heading } from './parts.tsx';

export const ForgotPassword = ({ frame, view }: { frame: PageFrame; view: ForgotPasswordView }) => {
  const t = (key: PhraseKey) => phrase(frame.language, key);
  return (
    <>
      <Heading text={t('forgot.title')} lead={t('forgot.lead')} />
      <Alert error={view.error} />
      <form class="main-form" method="post" action={`${frame.basePath}/forgot-password`}>
        <Hidden fields={{ app_id: view.appId }} />
        <AddressField
          frame={frame}
          form={view.form}
          value={view.typedAddress}
          error={view.error}
          focus={view.error !== undefined}
        />
        <Captcha frame={frame} challenge={view.captcha} />
        <Submit>{t('forgot.submit')}</Submit>
      </form>
      <p class="switch">
        <a href={pageLink(frame, '/sign-in', view.appId)}>{t('forgot.back')}</a>
      </p>
    </>
  );
};

export const ResetPassword = ({ frame, view }: { frame: PageFrame; view: ResetPasswordView }) => {
  const t = (key: PhraseKey) => phrase(frame.language, key);
  return (
    <>
      <Heading text={t('reset.title')} lead={t('reset.lead')} />
      <Alert error={view.error} />
      <form class="main-form" method="post" action={`${frame.basePath}/forgot-password/reset`}>
        <Hidden fields={{ app_id: view.appId }} />
        <NameForPasswordManager username={view.username} />
        <NewCredentials frame={frame} view={view} asks={['password']} />
        <Submit>{t('reset.submit')}</Submit>
      </form>
    </>
  );
};

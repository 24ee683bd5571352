/** A code was sent to an email address or a phone, and is typed in here. */
import type { PageFrame, VerificationCodeView } from '@aldaba/contract';
import { pageLink } from '../addresses.ts';
import { Alert, CodeField, Hidden, Notice, PlainForm, Submit } from '../fields.tsx';
import { type PhraseKey, phrase, phraseParts } from '../phrases/index.ts';
import { Heading } from './parts.tsx';

/** A sentence in which the address stands out. */
export const WithAddress = (props: { frame: PageFrame; sentence: PhraseKey; address: string }) => (
  <>
    {phraseParts(props.frame.language, props.sentence).map((part) =>
      typeof part === 'string' ? part : <strong key={part.place}>{props.address}</strong>,
    )}
  </>
);

export const VerificationCode = ({ frame, view }: { frame: PageFrame; view: VerificationCodeView }) => {
  const t = (key: PhraseKey) => phrase(frame.language, key);
  return (
    <>
      <Heading
        text={t(view.channel === 'email' ? 'code.emailTitle' : 'code.phoneTitle')}
        lead={<WithAddress frame={frame} sentence="code.lead" address={view.address} />}
      />
      {view.resent && <Notice>{t('code.resent')}</Notice>}
      <Alert error={view.error} />
      <form class="main-form" method="post" action={`${frame.basePath}/verification-code`}>
        <Hidden fields={{ app_id: view.appId }} />
        <CodeField frame={frame} error={view.error} />
        <Submit>{t('code.submit')}</Submit>
      </form>
      <div class="asides">
        <PlainForm frame={frame} appId={view.appId} path="/verification-code/send" label="code.again" />
        <a class="button plain" href={pageLink(frame, view.backPath, view.appId)}>
          <span class="button-label">{t('code.otherAddress')}</span>
        </a>
      </div>
    </>
  );
};

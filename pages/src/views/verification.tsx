/** A code was sent to an email address or a phone, and is typed in here. */
import type { PageFrame, VerificationCodeView } from '@aldaba/contract/pages';
import { pageLink } from '../addresses.ts';
import { Alert, CodeField, Hidden, Notice, Submit } from '../fields.tsx';
import { type PhraseKey, phrase, phraseParts, relativeTime } from '../phrases/index.ts';
import { Heading, LeftToRight } from './parts.tsx';

/** A sentence in which the address stands out. */
export const WithAddress = (props: { frame: PageFrame; sentence: PhraseKey; address: string }) => (
  <>
    {phraseParts(props.frame.language, props.sentence).map((part) =>
      typeof part === 'string' ? (
        part
      ) : (
        <LeftToRight key={part.place} strong>
          {props.address}
        </LeftToRight>
      ),
    )}
  </>
);

/** A button that sends another code. With scripts it waits until the last one had time to arrive, and says how long. */
export const SendAgain = (props: {
  frame: PageFrame;
  path: string;
  fields?: Record<string, string>;
  /** Seconds. */
  after?: number | undefined;
}) => {
  const { frame, after } = props;
  return (
    <form
      class="plain-form send-again"
      method="post"
      action={`${frame.basePath}${props.path}`}
      data-after={after ? String(after) : undefined}
      data-waiting={after ? phrase(frame.language, 'code.againIn', { seconds: '{seconds}' }) : undefined}
    >
      <Hidden fields={props.fields ?? {}} />
      <button type="submit" class="button plain">
        <span class="button-label">{phrase(frame.language, 'code.again')}</span>
      </button>
    </form>
  );
};

export const VerificationCode = ({ frame, view }: { frame: PageFrame; view: VerificationCodeView }) => {
  const t = (key: PhraseKey, values?: Record<string, string>) => phrase(frame.language, key, values);
  const isEmail = view.channel === 'email';
  return (
    <>
      <Heading
        text={t(isEmail ? 'code.emailTitle' : 'code.phoneTitle')}
        lead={<WithAddress frame={frame} sentence="code.lead" address={view.address} />}
      />
      {view.resent && <Notice>{t('code.resent')}</Notice>}
      <Alert error={view.error} />
      <form class="main-form" method="post" action={`${frame.basePath}/verification-code`}>
        <Hidden fields={{ app_id: view.appId }} />
        <CodeField frame={frame} error={view.error} hint="code-hint" />
        <p class="hint" id="code-hint">
          {t('code.expires', { time: relativeTime(frame.language, view.expiresIn) })}
        </p>
        <Submit>{t('code.submit')}</Submit>
      </form>
      <div class="asides">
        <p class="hint">{t(isEmail ? 'code.emailMissing' : 'code.phoneMissing')}</p>
        <SendAgain
          frame={frame}
          path="/verification-code/send"
          fields={{ app_id: view.appId }}
          after={view.resendAfter}
        />
        <a class="button plain" href={pageLink(frame, view.backPath, view.appId)}>
          <span class="button-label">{t(isEmail ? 'code.otherEmail' : 'code.otherPhone')}</span>
        </a>
        {view.passwordPath !== undefined && (
          <a class="button plain" href={pageLink(frame, view.passwordPath, view.appId)}>
            <span class="button-label">{t('code.usePassword')}</span>
          </a>
        )}
      </div>
    </>
  );
};

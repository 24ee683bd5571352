import type { PageFrame } from '@aldaba/contract/pages';
import { Hidden, Submit } from './fields.tsx';
import { Key } from './icons.tsx';
import { type PhraseKey, phrase } from './phrases/index.ts';

/**
 * The one form that cannot work without a script: `islands/passkey.ts` shows it where the browser knows passkeys, asks
 * the browser for one and posts its answer as JSON in the field `payload`. Where there is none, a sentence says what to
 * do.
 */
export const PasskeyForm = (props: {
  frame: PageFrame;
  appId: string;
  action: string;
  ceremony: 'get' | 'create';
  options: Record<string, unknown>;
}) => {
  const t = (key: PhraseKey) => phrase(props.frame.language, key);
  const messages = {
    cancelled: t('passkey.cancelled'),
    known: t('passkey.known'),
    failed: t('passkey.failed'),
  };
  return (
    <>
      <form
        class="main-form passkey"
        hidden
        method="post"
        action={props.action}
        data-ceremony={props.ceremony}
        data-options={JSON.stringify(props.options)}
        data-messages={JSON.stringify(messages)}
        data-working={t('passkey.working')}
      >
        <Hidden fields={{ app_id: props.appId }} />
        <Submit>{t(props.ceremony === 'get' ? 'passkey.use' : 'passkey.create')}</Submit>
      </form>
      <div class="empty" id="no-passkey" hidden>
        <Key />
        <p>{t('passkey.unsupported')}</p>
      </div>
      <noscript>
        <div class="empty">
          <Key />
          <p>{t('passkey.needsScript')}</p>
        </div>
      </noscript>
    </>
  );
};

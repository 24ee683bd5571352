/** Passkeys. */
import type { BindPasskeyView, PageFrame } from '@aldaba/contract';
import { Alert, Hidden, Submit, WithoutScripts } from '../fields.tsx';
import { Key } from '../icons.tsx';
import { type PhraseKey, phrase } from '../phrases/index.ts';
import { Asides } from '../views/binding-parts.tsx';
import { Heading } from '../views/parts.tsx';
import { actionOf, type BindingPage, type FactorPage } from './factor.tsx';

/**
 * The one form that cannot work without a script: `islands/passkey.ts` shows it where the browser supports passkeys,
 * asks the browser for one and posts its answer as JSON in the field `payload`. Otherwise a sentence says what to do.
 */
const PasskeyForm = (props: {
  frame: PageFrame;
  appId: string;
  action: string;
  ceremony: 'get' | 'create';
  options: Record<string, unknown>;
}) => {
  const { frame } = props;
  const t = (key: PhraseKey) => phrase(frame.language, key);
  const messages = {
    cancelled: t('passkey.cancelled'),
    known: t('passkey.known'),
    failed: t('passkey.failed'),
  };
  return (
    <>
      <form
        class="main-form passkey"
        hidden={frame.preview === undefined}
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
      <WithoutScripts frame={frame}>
        <div class="empty">
          <Key />
          <p>{t('passkey.needsScript')}</p>
        </div>
      </WithoutScripts>
    </>
  );
};

export const passkey: FactorPage = {
  Icon: Key,
  name: 'factor.webAuthn',
  lead: 'factor.webAuthnLead',
  Lead: ({ frame }) => phrase(frame.language, 'secondFactor.webAuthn'),
  Form: (props) => {
    const { frame, view } = props;
    if (!view.options) return null;
    const common = { frame, appId: view.appId, action: actionOf(props) };
    return <PasskeyForm {...common} ceremony="get" options={view.options} />;
  },
  hasField: () => false,
  script: 'passkey.js',
};

const BindPasskey = ({ frame, view }: { frame: PageFrame; view: BindPasskeyView }) => {
  const t = (key: PhraseKey) => phrase(frame.language, key);
  return (
    <>
      <Heading text={t('bindPasskey.title')} lead={t('bindPasskey.lead')} />
      <Alert error={view.error} focus />
      <PasskeyForm
        frame={frame}
        appId={view.appId}
        action={`${frame.basePath}/mfa-binding/WebAuthn`}
        ceremony="create"
        options={view.options}
      />
      <Asides frame={frame} appId={view.appId} hasOthers={view.hasOthers} skippable={view.skippable} />
    </>
  );
};
export const bindPasskey: BindingPage<BindPasskeyView> = {
  Page: BindPasskey,
  title: 'bindPasskey.title',
  script: 'passkey.js',
};

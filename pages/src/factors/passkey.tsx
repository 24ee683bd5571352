/** Passkeys. */
import type { BindPasskeyView, PageFrame, PasskeyOffer, SetupView } from '@aldaba/contract';
import type { ComponentChildren } from 'preact';
import { Alert, Hidden, Submit, WithoutScripts } from '../fields.tsx';
import { Key } from '../icons.tsx';
import { type PhraseKey, phrase } from '../phrases/index.ts';
import { Asides } from '../views/binding-parts.tsx';
import { Heading } from '../views/parts.tsx';
import { actionOf, type BindingPage, type FactorPage, TrustCheckbox } from './factor.tsx';

const messagesOf = (frame: PageFrame): string =>
  JSON.stringify({
    cancelled: phrase(frame.language, 'passkey.cancelled'),
    known: phrase(frame.language, 'passkey.known'),
    failed: phrase(frame.language, 'passkey.failed'),
  });

/**
 * The one form that cannot work without a script: `islands/passkey.ts` shows it where the browser supports passkeys,
 * asks the browser for one and posts its answer as JSON in the field `payload`. Otherwise a sentence says what to do.
 */
export const PasskeyForm = (props: {
  frame: PageFrame;
  fields: Record<string, string>;
  action: string;
  ceremony: 'get' | 'create';
  options: Record<string, unknown>;
  children?: ComponentChildren;
}) => {
  const { frame } = props;
  const t = (key: PhraseKey) => phrase(frame.language, key);
  return (
    <>
      <form
        class="main-form passkey"
        hidden={frame.preview === undefined}
        method="post"
        action={props.action}
        data-ceremony={props.ceremony}
        data-options={JSON.stringify(props.options)}
        data-messages={messagesOf(frame)}
        data-working={t('passkey.working')}
      >
        <Hidden fields={props.fields} />
        {props.children}
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

/**
 * The button of the pages on which a passkey signs in, after the page's main form. A script shows it where the browser
 * supports passkeys; with `autofill` the browser also suggests them in the field of the identifier.
 */
export const PasskeySignIn = (props: {
  frame: PageFrame;
  appId: string;
  offer: PasskeyOffer;
  /** Whether a form stands above, so that a line with “or” divides them. */
  hasForm: boolean;
  agreed?: boolean;
}) => {
  const { frame, offer } = props;
  const t = (key: PhraseKey) => phrase(frame.language, key);
  return (
    <form
      class="passkey passkey-sign-in"
      hidden={frame.preview === undefined || !offer.button}
      method="post"
      action={`${frame.basePath}/sign-in/passkey`}
      data-ceremony="get"
      data-options={JSON.stringify(offer.options)}
      data-messages={messagesOf(frame)}
      data-working={t('passkey.working')}
      data-button={offer.button ? 'yes' : undefined}
      data-autofill={offer.autofill ? 'yes' : undefined}
    >
      {props.hasForm && (
        <p class="divider">
          <span>{t('social.or')}</span>
        </p>
      )}
      <Hidden fields={{ app_id: props.appId, ...(props.agreed ? { terms: 'yes' } : {}) }} />
      <button type="submit" class="button outlined">
        <Key />
        <span class="button-label">{t('passkey.signIn')}</span>
      </button>
    </form>
  );
};

/** The button of the setup, which creates the account with a passkey in place of a password. */
export const PasskeySetup = ({ frame, view: { token, passkey } }: { frame: PageFrame; view: SetupView }) =>
  passkey ? (
    <form
      class="passkey passkey-sign-in"
      hidden
      method="post"
      action={`${frame.basePath}/setup`}
      data-ceremony="create"
      data-options={JSON.stringify(passkey.options)}
      data-messages={messagesOf(frame)}
      data-working={phrase(frame.language, 'passkey.working')}
      data-name="username"
    >
      <p class="divider">
        <span>{phrase(frame.language, 'social.or')}</span>
      </p>
      <Hidden fields={{ token, ceremony: passkey.ceremony }} />
      <button type="submit" class="button outlined">
        <Key />
        <span class="button-label">{phrase(frame.language, 'setup.passkey')}</span>
      </button>
    </form>
  ) : (
    <p class="fine">{phrase(frame.language, 'setup.noPasskey')}</p>
  );

export const passkey: FactorPage = {
  Icon: Key,
  name: 'factor.webAuthn',
  lead: 'factor.webAuthnLead',
  Lead: ({ frame }) => phrase(frame.language, 'secondFactor.webAuthn'),
  Form: (props) => {
    const { frame, view } = props;
    if (!view.options) return null;
    const common = { frame, fields: { app_id: view.appId }, action: actionOf(props) };
    return (
      <PasskeyForm {...common} ceremony="get" options={view.options}>
        <TrustCheckbox {...props} />
      </PasskeyForm>
    );
  },
  hasField: () => false,
  script: 'passkey.js',
};

const BindPasskey = ({ frame, view }: { frame: PageFrame; view: BindPasskeyView }) => {
  const t = (key: PhraseKey) => phrase(frame.language, key);
  return (
    <>
      <Heading
        text={t(view.signsIn ? 'bindPasskey.offerTitle' : 'bindPasskey.title')}
        lead={t(view.signsIn ? 'bindPasskey.offerLead' : 'bindPasskey.lead')}
      />
      <Alert error={view.error} focus />
      <PasskeyForm
        frame={frame}
        fields={{ app_id: view.appId }}
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

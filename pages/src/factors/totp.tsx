/** Codes of an authenticator app. */
import type { BindAppView, PageFrame } from '@aldaba/contract';
import { imageAddress } from '../addresses.ts';
import { Alert, CodeField, Hidden, Submit } from '../fields.tsx';
import { Dial } from '../icons.tsx';
import { type PhraseKey, phrase } from '../phrases/index.ts';
import { Asides, CopyButton } from '../views/binding-parts.tsx';
import { Heading } from '../views/parts.tsx';
import { type BindingPage, CodeForm, type FactorPage } from './factor.tsx';

export const totp: FactorPage = {
  Icon: Dial,
  name: 'factor.totp',
  lead: 'factor.totpLead',
  Lead: ({ frame }) => phrase(frame.language, 'secondFactor.totp'),
  Form: (props) => (
    <CodeForm {...props}>
      <CodeField frame={props.frame} error={props.view.error} />
    </CodeForm>
  ),
  hasField: () => true,
  script: 'form.js',
};

/** In groups of four to be typed; the gaps are drawn, so that they are not copied. */
export const Secret = ({ secret }: { secret: string }) => (
  <code class="secret" id="secret">
    {(secret.match(/.{1,4}/g) ?? []).map((group, position) => (
      <span key={position}>{group}</span>
    ))}
  </code>
);

const BindApp = ({ frame, view }: { frame: PageFrame; view: BindAppView }) => {
  const t = (key: PhraseKey) => phrase(frame.language, key);
  return (
    <>
      <Heading text={t('bindTotp.title')} lead={t('bindTotp.scan')} />
      <Alert error={view.error} />
      <div class="app-secret">
        <img class="qr" src={imageAddress(view.qrCode)} alt={t('bindTotp.picture')} width="200" height="200" />
        <div class="by-hand">
          <p>{t('bindTotp.orType')}</p>
          <Secret secret={view.secret} />
          <CopyButton frame={frame} of="secret" look="plain" />
        </div>
      </div>
      <form class="main-form" method="post" action={`${frame.basePath}/mfa-binding/Totp`}>
        <Hidden fields={{ app_id: view.appId }} />
        <CodeField frame={frame} error={view.error} label="bindTotp.code" focus={view.error !== undefined} />
        <Submit>{t('bindTotp.submit')}</Submit>
      </form>
      <Asides frame={frame} appId={view.appId} hasOthers={view.hasOthers} skippable={view.skippable} />
    </>
  );
};
export const bindApp: BindingPage<BindAppView> = { Page: BindApp, title: 'bindTotp.title', script: 'copy.js' };

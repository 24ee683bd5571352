/** Pages on which a person sets up a second factor: the choice, and one page for each that has something to set up. */
import type {
  BackupCodesView,
  BindPasskeyView,
  BindTotpView,
  ChooseFactorView,
  PageFrame,
} from '@aldaba/contract/pages';
import { imageAddress, pageLink } from '../addresses.ts';
import { Alert, CodeField, Hidden, PlainForm, Submit } from '../fields.tsx';
import { PasskeyForm } from '../passkey.tsx';
import { type PhraseKey, phrase } from '../phrases/index.ts';
import { FactorLinks } from './factors.tsx';
import { Heading } from './parts.tsx';

/** What one can do instead: choose another factor, or go on without. */
const Asides = (props: { frame: PageFrame; appId: string; hasOthers?: boolean; skippable: boolean }) => {
  const { frame, appId } = props;
  if (!props.hasOthers && !props.skippable) return null;
  return (
    <div class="asides">
      {props.hasOthers && (
        <a class="button plain" href={pageLink(frame, '/mfa-binding', appId)}>
          <span class="button-label">{phrase(frame.language, 'binding.others')}</span>
        </a>
      )}
      {props.skippable && <PlainForm frame={frame} appId={appId} path="/mfa-binding/skip" label="binding.skip" />}
    </div>
  );
};

export const ChooseFactor = ({ frame, view }: { frame: PageFrame; view: ChooseFactorView }) => {
  const t = (key: PhraseKey) => phrase(frame.language, key);
  return (
    <>
      <Heading
        text={t(view.additional ? 'binding.additionalTitle' : 'binding.title')}
        lead={t(view.additional ? 'binding.additionalLead' : 'binding.lead')}
      />
      <Alert error={view.error} focus />
      <FactorLinks
        frame={frame}
        appId={view.appId}
        path="/mfa-binding"
        factors={view.factors}
        ready={view.ready}
        explained
      />
      <Asides frame={frame} appId={view.appId} skippable={view.skippable} />
    </>
  );
};

/** The button that copies what an element holds; only a script can, so it is hidden until the island comes. */
const CopyButton = ({ frame, of, look }: { frame: PageFrame; of: string; look: 'plain' | 'outlined' }) => (
  <button
    type="button"
    class={`button ${look} copy`}
    hidden
    data-copies={of}
    data-done={phrase(frame.language, 'copy.done')}
  >
    <span class="button-label" aria-live="polite">
      {phrase(frame.language, 'copy.button')}
    </span>
  </button>
);

/** In groups of four to be typed; the gaps are drawn, so that they are not copied. */
const Secret = ({ secret }: { secret: string }) => (
  <code class="secret" id="secret">
    {(secret.match(/.{1,4}/g) ?? []).map((group, position) => (
      <span key={position}>{group}</span>
    ))}
  </code>
);

export const BindTotp = ({ frame, view }: { frame: PageFrame; view: BindTotpView }) => {
  const t = (key: PhraseKey) => phrase(frame.language, key);
  return (
    <>
      <Heading text={t('bindTotp.title')} lead={t('bindTotp.scan')} />
      <Alert error={view.error} />
      <div class="totp">
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

export const BindPasskey = ({ frame, view }: { frame: PageFrame; view: BindPasskeyView }) => {
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

/** A file to keep, as a link that needs neither a script nor another request. */
const fileOf = (title: string, codes: readonly string[]): string =>
  `data:application/octet-stream,${encodeURIComponent(`${title}\n\n${codes.join('\n')}\n`)}`;

export const BackupCodes = ({ frame, view }: { frame: PageFrame; view: BackupCodesView }) => {
  const t = (key: PhraseKey) => phrase(frame.language, key, { name: frame.branding.name });
  return (
    <>
      <Heading text={t('backupCodes.title')} lead={t('backupCodes.lead')} />
      <Alert error={view.error} focus />
      <ol class="codes" id="codes" aria-label={t('backupCodes.list')}>
        {view.codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ol>
      <div class="side-by-side">
        <CopyButton frame={frame} of="codes" look="outlined" />
        <a
          class="button outlined"
          href={fileOf(t('backupCodes.fileTitle'), view.codes)}
          download={`${t('backupCodes.fileName')}.txt`}
        >
          <span class="button-label">{t('backupCodes.download')}</span>
        </a>
      </div>
      <form class="main-form" method="post" action={`${frame.basePath}/mfa-binding/BackupCode`}>
        <Hidden fields={{ app_id: view.appId }} />
        <Submit>{t('backupCodes.submit')}</Submit>
      </form>
    </>
  );
};

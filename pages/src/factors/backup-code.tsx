/** Backup codes. */
import type { BackupCodesView, PageFrame } from '@aldaba/contract';
import { Alert, Field, Hidden, Submit } from '../fields.tsx';
import { Slip } from '../icons.tsx';
import { type PhraseKey, phrase } from '../phrases/index.ts';
import { CopyButton } from '../views/binding-parts.tsx';
import { Heading } from '../views/parts.tsx';
import { type BindingPage, CodeForm, type FactorPage } from './factor.tsx';

export const backupCode: FactorPage = {
  Icon: Slip,
  name: 'factor.backupCode',
  lead: 'factor.backupCodeLead',
  Lead: ({ frame }) => phrase(frame.language, 'secondFactor.backupCode'),
  Form: (props) => (
    <CodeForm {...props}>
      <Field
        frame={props.frame}
        name="code"
        control="identifier"
        label="field.backupCode"
        missing="field.backupCodeMissing"
        autocomplete="off"
        error={props.view.error}
        focus
      />
    </CodeForm>
  ),
  hasField: () => true,
  script: 'form.js',
};

/** A file to keep, as a link that needs neither a script nor another request. */
const fileOf = (title: string, codes: readonly string[]): string =>
  `data:application/octet-stream,${encodeURIComponent(`${title}\n\n${codes.join('\n')}\n`)}`;

/** New codes, to copy or to download. */
export const CodesToKeep = ({ frame, codes }: { frame: PageFrame; codes: readonly string[] }) => {
  const t = (key: PhraseKey) => phrase(frame.language, key, { name: frame.branding.name });
  return (
    <>
      <ol class="codes" id="codes" aria-label={t('backupCodes.list')}>
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ol>
      <div class="side-by-side">
        <CopyButton frame={frame} of="codes" look="outlined" />
        <a
          class="button outlined"
          href={fileOf(t('backupCodes.fileTitle'), codes)}
          download={`${t('backupCodes.fileName')}.txt`}
        >
          <span class="button-label">{t('backupCodes.download')}</span>
        </a>
      </div>
    </>
  );
};

const BackupCodes = ({ frame, view }: { frame: PageFrame; view: BackupCodesView }) => {
  const t = (key: PhraseKey) => phrase(frame.language, key, { name: frame.branding.name });
  return (
    <>
      <Heading text={t('backupCodes.title')} lead={t('backupCodes.lead')} />
      <Alert error={view.error} focus />
      <CodesToKeep frame={frame} codes={view.codes} />
      <form class="main-form" method="post" action={`${frame.basePath}/mfa-binding/BackupCode`}>
        <Hidden fields={{ app_id: view.appId }} />
        <Submit>{t('backupCodes.submit')}</Submit>
      </form>
    </>
  );
};
export const backupCodes: BindingPage<BackupCodesView> = {
  Page: BackupCodes,
  title: 'backupCodes.title',
  script: 'copy.js',
};

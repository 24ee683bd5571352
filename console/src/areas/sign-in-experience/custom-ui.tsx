import { uploadCustomUi } from '@aldaba/contract/routes';
import { Button, FileButton, Progress, Text } from '@mantine/core';
import { IconFileZip, IconUpload } from '@tabler/icons-react';
import { useState } from 'react';
import { uploadingApiOf } from '../../api/client.ts';
import { type Refusal, refusalOf } from '../../api/errors.ts';
import { useTenant } from '../../api/queries.ts';
import { RefusalAlert } from '../../patterns/form.tsx';
import { patternPhrases } from '../../patterns/phrases.ts';
import { RelativeTime } from '../../patterns/relative-time.tsx';
import { TextListInput } from '../../patterns/text-list-input.tsx';
import { FieldProblem } from './field-problem.tsx';
import classes from './lists.module.css';
import { experiencePhrases } from './phrases.ts';
import { useSettings } from './settings.tsx';
import { isSource } from './validation.ts';

/** Pages of the operator's own, and the origins that they may use besides this server. */
export function CustomUi() {
  const t = experiencePhrases.use();
  const words = patternPhrases.use();
  const { form } = useSettings();
  const optional = (label: string) => `${label} (${words('form.optional')})`;
  const sources = (name: 'scriptSrc' | 'connectSrc') => ({
    label: optional(t(`ui.${name}`)),
    problemOf: (source: string) => (isSource(source) ? undefined : t('ui.wrongSource')),
    ...form.input(`customUiCsp.${name}`),
  });
  return (
    <>
      <Archive />
      <TextListInput
        description={t('ui.scriptSrcHelp')}
        placeholder="https://cdn.example.com"
        {...sources('scriptSrc')}
      />
      <TextListInput
        description={t('ui.connectSrcHelp')}
        placeholder="https://api.example.com"
        {...sources('connectSrc')}
      />
    </>
  );
}

/** The zip archive. Its pages replace the built-in ones once the form is saved. */
function Archive() {
  const t = experiencePhrases.use();
  const tenant = useTenant();
  const { form } = useSettings();
  const [share, setShare] = useState<number>();
  const [refusal, setRefusal] = useState<Refusal>();
  const assets = form.values.customUiAssets;
  const send = async (file: File | null) => {
    if (!file) return;
    setRefusal(undefined);
    setShare(0);
    const body = new FormData();
    body.set('file', file);
    try {
      const { customUiAssetId } = await uploadingApiOf(tenant, setShare).call(uploadCustomUi, { body });
      form.set('customUiAssets', { id: customUiAssetId, createdAt: Date.now() });
    } catch (error) {
      setRefusal(refusalOf(error, []));
    } finally {
      setShare(undefined);
    }
  };
  return (
    <div className={classes.group}>
      {assets && (
        <div className={classes.archive}>
          <span className={classes.tile}>
            <IconFileZip size={18} stroke={1.5} aria-hidden />
          </span>
          <div className={classes.words}>
            <span className={classes.name}>{t('ui.uploaded')}</span>
            <span className={classes.hint}>
              <RelativeTime time={assets.createdAt} />
            </span>
          </div>
          <Button variant="default" size="xs" onClick={() => form.set('customUiAssets', null)}>
            {t('ui.remove')}
          </Button>
        </div>
      )}
      <FileButton accept=".zip,application/zip" onChange={(file) => void send(file)}>
        {(props) => (
          <Button
            {...props}
            className={classes.add ?? ''}
            variant="default"
            size="xs"
            loading={share !== undefined}
            leftSection={<IconUpload size={16} stroke={1.5} />}
          >
            {t(assets ? 'ui.replace' : 'ui.upload')}
          </Button>
        )}
      </FileButton>
      {share !== undefined && (
        <div>
          <Progress value={share * 100} size="sm" aria-label={t('ui.progress')} />
          <Text fz="xs" c="dimmed" mt={4} role="status">
            {t(share < 1 ? 'ui.sending' : 'ui.checking', { percent: String(Math.round(share * 100)) })}
          </Text>
        </div>
      )}
      <RefusalAlert refusal={refusal} />
      <FieldProblem of="customUiAssets" />
    </div>
  );
}

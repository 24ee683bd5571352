import { createUserAsset } from '@aldaba/contract/routes';
import { ActionIcon, Button, FileButton, TextInput, Tooltip } from '@mantine/core';
import { IconPhoto, IconTrash, IconUpload } from '@tabler/icons-react';
import { useState } from 'react';
import { type Refusal, refusalOf } from '../../api/errors.ts';
import { useChange } from '../../api/queries.ts';
import classes from './branding.module.css';
import { experiencePhrases } from './phrases.ts';
import { useSettings } from './settings.tsx';

interface ImageFieldProps {
  name: 'logoUrl' | 'darkLogoUrl' | 'favicon' | 'darkFavicon';
  /** The background that the image is shown on. */
  tone: 'light' | 'dark';
}

const types = 'image/png,image/svg+xml,image/webp,image/jpeg,image/gif,image/x-icon';

/** An image by its URL; an upload fills in the URL. */
export function ImageField({ name, tone }: ImageFieldProps) {
  const t = experiencePhrases.use();
  const { form } = useSettings();
  const upload = useChange(createUserAsset);
  const [refusal, setRefusal] = useState<Refusal>();
  const url = form.values.branding[name];
  const set = (value: string) => form.set(`branding.${name}`, value as never);
  const send = async (file: File | null) => {
    if (!file) return;
    setRefusal(undefined);
    const body = new FormData();
    body.set('file', file);
    try {
      set((await upload.mutateAsync({ body })).url);
    } catch (error) {
      setRefusal(refusalOf(error, []));
    }
  };
  const label = t(`logos.${name}`);
  const { error, ...input } = form.input(`branding.${name}`);
  return (
    <div className={classes.image}>
      <Picture key={url} url={url} tone={tone} />
      <div className={classes.imageFields}>
        <TextInput
          label={label}
          placeholder="https://example.com/logo.svg"
          {...input}
          error={refusal?.message ?? error}
        />
        <div className={classes.imageButtons}>
          <FileButton accept={types} onChange={(file) => void send(file)}>
            {(props) => (
              <Button
                {...props}
                variant="default"
                size="xs"
                loading={upload.isPending}
                leftSection={<IconUpload size={16} stroke={1.5} />}
                aria-label={t('logos.uploadNamed', { name: label })}
              >
                {t('logos.upload')}
              </Button>
            )}
          </FileButton>
          {url !== '' && (
            <Tooltip label={t('logos.remove')}>
              <ActionIcon
                variant="subtle"
                color="gray"
                size={30}
                aria-label={t('logos.removeNamed', { name: label })}
                onClick={() => set('')}
              >
                <IconTrash size={16} stroke={1.5} />
              </ActionIcon>
            </Tooltip>
          )}
        </div>
      </div>
    </div>
  );
}

function Picture({ url, tone }: { url: string; tone: ImageFieldProps['tone'] }) {
  const [isBroken, setBroken] = useState(false);
  const isShown = url !== '' && !isBroken;
  return (
    <span className={classes.picture} data-tone={tone}>
      {isShown ? (
        <img src={url} alt="" onError={() => setBroken(true)} />
      ) : (
        <IconPhoto size={20} stroke={1.5} aria-hidden />
      )}
    </span>
  );
}

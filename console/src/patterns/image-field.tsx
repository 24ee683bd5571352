import { createUserAsset } from '@aldaba/contract/routes';
import { ActionIcon, Button, FileButton, TextInput, Tooltip } from '@mantine/core';
import { IconPhoto, IconTrash, IconUpload } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { type Refusal, refusalOf } from '../api/errors.ts';
import { useChange } from '../api/queries.ts';
import classes from './brand.module.css';
import { patternPhrases } from './phrases.ts';

interface ImageFieldProps {
  label: string;
  /** The background that the image is shown on. */
  tone: 'light' | 'dark';
  /** The image that pages show while the field is empty, and the sentence that says so. */
  fallback?: { url: string | undefined; words: string };
  /** What `form.input` gives; the value is the URL. */
  value?: string;
  onChange?: (value: string) => void;
  error?: ReactNode;
  'data-path'?: string;
}

const types = 'image/png,image/svg+xml,image/webp,image/jpeg,image/gif,image/x-icon';

/** An image by its URL; an upload fills in the URL. */
export function ImageField({ label, tone, fallback, value = '', onChange, error, ...input }: ImageFieldProps) {
  const t = patternPhrases.use();
  const upload = useChange(createUserAsset);
  const [refusal, setRefusal] = useState<Refusal>();
  const send = async (file: File | null) => {
    if (!file) return;
    setRefusal(undefined);
    const body = new FormData();
    body.set('file', file);
    try {
      onChange?.((await upload.mutateAsync({ body })).url);
    } catch (error) {
      setRefusal(refusalOf(error, []));
    }
  };
  const shown = value || (fallback?.url ?? '');
  return (
    <div className={classes.image}>
      <Picture key={shown} url={shown} tone={tone} isFallback={value === ''} />
      <div className={classes.imageFields}>
        <TextInput
          label={label}
          placeholder="https://example.com/logo.svg"
          {...input}
          value={value}
          onChange={({ currentTarget }) => onChange?.(currentTarget.value)}
          description={value === '' ? fallback?.words : undefined}
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
                aria-label={t('image.uploadNamed', { name: label })}
              >
                {t('image.upload')}
              </Button>
            )}
          </FileButton>
          {value !== '' && (
            <Tooltip label={t('image.remove')}>
              <ActionIcon
                variant="subtle"
                color="gray"
                size={30}
                aria-label={t('image.removeNamed', { name: label })}
                onClick={() => onChange?.('')}
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

interface PictureProps {
  url: string;
  tone: ImageFieldProps['tone'];
  isFallback: boolean;
}

function Picture({ url, tone, isFallback }: PictureProps) {
  const [isBroken, setBroken] = useState(false);
  const isShown = url !== '' && !isBroken;
  return (
    <span className={classes.picture} data-tone={tone} data-fallback={isFallback || undefined}>
      {isShown ? (
        <img src={url} alt="" onError={() => setBroken(true)} />
      ) : (
        <IconPhoto size={20} stroke={1.5} aria-hidden />
      )}
    </span>
  );
}

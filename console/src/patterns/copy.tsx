import { ActionIcon, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy, IconEye, IconEyeOff } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import classes from './copy.module.css';
import { patternPhrases } from './phrases.ts';

/** Copies text. Outside of secure contexts (plain http) browsers offer only the older way, by a selection. */
async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = document.createElement('textarea');
  field.value = text;
  field.style.position = 'fixed';
  document.body.append(field);
  field.select();
  document.execCommand('copy');
  field.remove();
}

interface CopyButtonProps {
  value: string;
  /** What is copied, for screen readers, e.g. "app ID". */
  name: string;
}

/** Copies a value and confirms it in place. */
export function CopyButton({ value, name }: CopyButtonProps) {
  const t = patternPhrases.use();
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [isCopied]);
  return (
    <>
      <Tooltip label={isCopied ? t('copy.copied') : t('copy.copy')}>
        <ActionIcon
          variant="subtle"
          color={isCopied ? 'green' : 'gray'}
          size={28}
          aria-label={t('copy.copyNamed', { name })}
          onClick={() => void copyText(value).then(() => setCopied(true))}
        >
          {isCopied ? <IconCheck size={16} stroke={1.5} /> : <IconCopy size={16} stroke={1.5} />}
        </ActionIcon>
      </Tooltip>
      <span className={classes.spoken} role="status">
        {isCopied ? t('copy.copied') : ''}
      </span>
    </>
  );
}

interface CopyFieldProps extends CopyButtonProps {
  /** Shown above the value; without it only the value is shown. */
  label?: string;
}

/** A value that is read and copied, not changed: ids, endpoints. */
export function CopyField({ value, name, label }: CopyFieldProps) {
  return (
    <div>
      {label && <div className={classes.label}>{label}</div>}
      <div className={classes.field}>
        <code className={classes.value}>{value}</code>
        <CopyButton value={value} name={name} />
      </div>
    </div>
  );
}

/** A secret: dots until it is asked for. */
export function SecretField({ value, name, label }: CopyFieldProps) {
  const t = patternPhrases.use();
  const [isShown, setShown] = useState(false);
  const words = t(isShown ? 'secret.hide' : 'secret.show', { name });
  return (
    <div>
      {label && <div className={classes.label}>{label}</div>}
      <div className={classes.field}>
        <code className={classes.value}>{isShown ? value : '•'.repeat(24)}</code>
        <Tooltip label={words}>
          <ActionIcon variant="subtle" color="gray" size={28} aria-label={words} onClick={() => setShown(!isShown)}>
            {isShown ? <IconEyeOff size={16} stroke={1.5} /> : <IconEye size={16} stroke={1.5} />}
          </ActionIcon>
        </Tooltip>
        <CopyButton value={value} name={name} />
      </div>
    </div>
  );
}

import { ActionIcon, Tooltip, VisuallyHidden } from '@mantine/core';
import { IconCheck, IconCopy, IconEye, IconEyeOff } from '@tabler/icons-react';
import { type ReactNode, useEffect, useState } from 'react';
import { useIsReadOnly } from '../session/administrator.ts';
import classes from './copy.module.css';
import { patternPhrases } from './phrases.ts';

/**
 * Copies text. Browsers without a permission for it, and those outside of secure contexts (plain http), do it by a
 * selection.
 */
async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    copyBySelection(text);
  }
}

function copyBySelection(text: string): void {
  const focused = document.activeElement;
  const field = document.createElement('textarea');
  field.value = text;
  field.style.position = 'fixed';
  document.body.append(field);
  field.select();
  document.execCommand('copy');
  field.remove();
  if (focused instanceof HTMLElement) focused.focus();
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
      <VisuallyHidden role="status">{isCopied ? t('copy.copied') : ''}</VisuallyHidden>
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

/** A secret: dots until it is asked for. The server does not tell it to colleagues who only read. */
export function SecretField(props: CopyFieldProps) {
  return useIsReadOnly() ? <HiddenSecret label={props.label} /> : <KnownSecret {...props} />;
}

/** In place of a secret: who sees it. */
export function HiddenSecret({ label }: { label?: ReactNode }) {
  const t = patternPhrases.use();
  return (
    <div>
      {label && <div className={classes.label}>{label}</div>}
      <div className={classes.field}>
        <span className={classes.hidden}>{t('secret.hidden')}</span>
      </div>
    </div>
  );
}

function KnownSecret({ value, name, label }: CopyFieldProps) {
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

import type { Application } from '@aldaba/contract/routes';
import { Text, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import type { PlaceholderValues } from '../../../guides/placeholders.ts';
import { CopyField, SecretField } from '../../patterns/copy.tsx';
import { isAppUrl } from './guide-values.ts';
import { guidePhrases } from './phrases.ts';
import classes from './values-panel.module.css';

interface ValuesPanelProps {
  application?: Application;
  values: PlaceholderValues;
  /** Whether the application's type has secrets. */
  hasSecret: boolean;
  /** Controls that change the values. */
  children?: ReactNode;
}

/** What the guide is filled with, to copy. */
export function ValuesPanel({ application, values, hasSecret, children }: ValuesPanelProps) {
  const t = guidePhrases.use();
  return (
    <section className={classes.panel} aria-label={t('values.title')}>
      {children}
      <CopyField label={t('values.endpoint')} name={t('values.endpoint')} value={values.endpoint} />
      {!application && <CopyField label={t('values.issuer')} name={t('values.issuer')} value={values.issuer} />}
      {application && <CopyField label={t('values.appId')} name={t('values.appId')} value={values.appId} />}
      {hasSecret &&
        (values.appSecret ? (
          <SecretField label={t('values.appSecret')} name={t('values.appSecret')} value={values.appSecret} />
        ) : (
          <Text fz="sm" c="dimmed">
            {t('values.noSecret')}
          </Text>
        ))}
    </section>
  );
}

/** Where the reader's app runs: the addresses and the code of the guide follow it. */
export function AppUrlField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const t = guidePhrases.use();
  return (
    <TextInput
      type="url"
      label={t('values.appUrl')}
      description={t('values.appUrlHelp')}
      inputWrapperOrder={['label', 'input', 'error', 'description']}
      value={value}
      error={isAppUrl(value) ? undefined : t('values.appUrlProblem')}
      onChange={(event) => onChange(event.currentTarget.value)}
      spellCheck={false}
      labelProps={{ mb: 4 }}
    />
  );
}

import { Group, Switch } from '@mantine/core';
import { FormSection } from '../../patterns/form.tsx';
import { TextLines } from '../../patterns/text-lines.tsx';
import type { Form } from '../../patterns/use-form.ts';
import { WholeNumber } from '../../patterns/whole-number.tsx';
import { securityPhrases } from './phrases.ts';
import { limits, type Values } from './values.ts';

const rejected = ['pwned', 'repetitionAndSequence', 'userInfo'] as const;

/** What users may choose as a password, and how long they keep it. */
export function Passwords({ form }: { form: Form<Values> }) {
  const t = securityPhrases.use();
  const number = (path: keyof typeof limits) => ({ limits: limits[path], ...form.input(path) });
  const { enabled } = form.values.passwordExpiration;
  return (
    <>
      <FormSection title={t('passwords.title')} description={t('passwords.detail')}>
        <Group gap={20} align="flex-start">
          <WholeNumber label={t('passwords.min')} {...number('passwordPolicy.length.min')} />
          <WholeNumber label={t('passwords.max')} {...number('passwordPolicy.length.max')} />
        </Group>
        <WholeNumber
          label={t('passwords.types')}
          description={t('passwords.typesHelp')}
          {...number('passwordPolicy.characterTypes.min')}
        />
        {rejected.map((name) => (
          <Switch
            key={name}
            label={t(`passwords.${name}`)}
            description={t(`passwords.${name}Help`)}
            {...form.input(`passwordPolicy.rejects.${name}`, { type: 'checkbox' })}
          />
        ))}
        <TextLines
          label={t('passwords.words')}
          description={t('passwords.wordsHelp')}
          {...form.input('passwordPolicy.rejects.words')}
        />
      </FormSection>
      <FormSection title={t('expiration.title')} description={t('expiration.detail')}>
        <Switch
          label={t('expiration.enabled')}
          description={t('expiration.enabledHelp')}
          {...form.input('passwordExpiration.enabled', { type: 'checkbox' })}
        />
        {enabled && (
          <WholeNumber label={t('expiration.validPeriodDays')} {...number('passwordExpiration.validPeriodDays')} />
        )}
      </FormSection>
    </>
  );
}

import { Switch } from '@mantine/core';
import { FormSection } from '../../patterns/form.tsx';
import { TextLines } from '../../patterns/text-lines.tsx';
import type { Form } from '../../patterns/use-form.ts';
import { securityPhrases } from './phrases.ts';
import type { Values } from './values.ts';

const blocked = ['blockDisposableAddresses', 'blockSubaddressing'] as const;
const lists = ['customBlocklist', 'customAllowlist'] as const;

/** The email addresses that accounts may get. */
export function EmailAddresses({ form }: { form: Form<Values> }) {
  const t = securityPhrases.use();
  return (
    <FormSection title={t('addresses.title')} description={t('addresses.detail')}>
      {blocked.map((name) => (
        <Switch
          key={name}
          label={t(`addresses.${name}`)}
          description={t(`addresses.${name}Help`)}
          {...form.input(`emailBlocklistPolicy.${name}`, { type: 'checkbox' })}
        />
      ))}
      {lists.map((name) => (
        <TextLines
          key={name}
          label={t(`addresses.${name}`)}
          description={t(`addresses.${name}Help`)}
          placeholder="@example.com"
          {...form.input(`emailBlocklistPolicy.${name}`)}
        />
      ))}
    </FormSection>
  );
}

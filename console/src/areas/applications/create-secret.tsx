import { createApplicationSecret } from '@aldaba/contract/routes';
import { TextInput } from '@mantine/core';
import { useChange } from '../../api/queries.ts';
import { ExpirySelect, expiryAfter } from '../../patterns/expiry-select.tsx';
import { CreateDialog } from '../../patterns/form.tsx';
import { patternPhrases } from '../../patterns/phrases.ts';
import { useForm } from '../../patterns/use-form.ts';
import { applicationPhrases } from './phrases.ts';

/** Days until a new secret expires; 0 for never. */
const lifetimes = [0, 30, 90, 180, 365] as const;

interface CreateSecretProps {
  applicationId: string;
  isOpen: boolean;
  onClose: () => void;
}

export function CreateSecret({ applicationId, isOpen, onClose }: CreateSecretProps) {
  const t = applicationPhrases.use();
  const words = patternPhrases.use();
  const create = useChange(createApplicationSecret);
  const form = useForm({
    values: { name: '', days: '0' },
    validate: ({ name }) => ({ name: name.trim() ? undefined : words('form.required') }),
    save: ({ name, days }) =>
      create.mutateAsync({
        params: { id: applicationId },
        body: { name: name.trim(), expiresAt: expiryAfter(days) },
      }),
    fieldsByCode: { 'application.secret_name_exists': 'name' },
  });
  return (
    <CreateDialog
      isOpen={isOpen}
      onClose={onClose}
      title={t('secrets.create')}
      submitLabel={t('secrets.create')}
      form={form}
    >
      <TextInput
        label={t('fields.name')}
        placeholder={t('secrets.namePlaceholder')}
        data-autofocus
        {...form.input('name')}
      />
      <ExpirySelect label={t('secrets.expiry')} lifetimes={lifetimes} {...form.input('days')} />
    </CreateDialog>
  );
}

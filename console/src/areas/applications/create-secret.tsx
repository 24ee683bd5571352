import { createApplicationSecret } from '@aldaba/contract/routes';
import { Select, TextInput } from '@mantine/core';
import { useChange } from '../../api/queries.ts';
import { CreateDialog } from '../../patterns/form.tsx';
import { patternPhrases } from '../../patterns/phrases.ts';
import { useForm } from '../../patterns/use-form.ts';
import { applicationPhrases } from './phrases.ts';

const day = 86_400_000;
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
        body: { name: name.trim(), expiresAt: days === '0' ? null : Date.now() + Number(days) * day },
      }),
    fieldsByCode: { 'application.secret_name_exists': 'name' },
  });
  const close = () => {
    form.discard();
    onClose();
  };
  return (
    <CreateDialog
      isOpen={isOpen}
      onClose={close}
      title={t('secrets.create')}
      submitLabel={t('secrets.create')}
      form={form}
      onCreated={close}
    >
      <TextInput
        label={t('fields.name')}
        placeholder={t('secrets.namePlaceholder')}
        data-autofocus
        {...form.input('name')}
      />
      <Select
        label={t('secrets.expiry')}
        data={lifetimes.map((days) => ({
          value: String(days),
          label: days === 0 ? t('secrets.never') : t('secrets.days', { days: String(days) }),
        }))}
        allowDeselect={false}
        {...form.input('days')}
      />
    </CreateDialog>
  );
}

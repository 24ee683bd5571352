import type { PersonalAccessToken } from '@aldaba/contract';
import { createUserPersonalAccessToken, updatePersonalAccessTokenName } from '@aldaba/contract/routes';
import { Select, TextInput } from '@mantine/core';
import { useChange } from '../../api/queries.ts';
import { CreateDialog } from '../../patterns/form.tsx';
import { patternPhrases } from '../../patterns/phrases.ts';
import { ShownOnce } from '../../patterns/shown-once.tsx';
import { useForm } from '../../patterns/use-form.ts';
import { userPhrases } from './phrases.ts';

const day = 86_400_000;
/** Days until a new token expires; 0 for never. */
const lifetimes = [7, 30, 90, 365, 0] as const;
const fieldsByCode = { 'user.personal_access_token_name_exists': 'name' } as const;

/** Creates a token, and shows it once. */
export function CreateToken({ userId, onClose }: { userId: string; onClose: () => void }) {
  const t = userPhrases.use();
  const words = patternPhrases.use();
  const create = useChange(createUserPersonalAccessToken);
  const form = useForm({
    values: { name: '', days: '30' },
    validate: ({ name }) => ({ name: name.trim() ? undefined : words('form.required') }),
    save: ({ name, days }) =>
      create.mutateAsync({
        params: { userId },
        body: { name: name.trim(), expiresAt: days === '0' ? null : Date.now() + Number(days) * day },
      }),
    fieldsByCode,
  });
  if (create.data)
    return (
      <ShownOnce
        isOpen
        onClose={onClose}
        title={t('tokens.created')}
        detail={t('tokens.createdDetail')}
        label={create.data.name}
        value={create.data.value}
        actionLabel={t('actions.done')}
      />
    );
  return (
    <CreateDialog
      isOpen
      onClose={onClose}
      title={t('tokens.create')}
      submitLabel={t('tokens.create')}
      form={form}
      onCreated={() => undefined}
    >
      <TextInput
        label={t('tokens.name')}
        placeholder={t('tokens.placeholder')}
        data-autofocus
        autoComplete="off"
        {...form.input('name')}
      />
      <Select
        label={t('tokens.expiry')}
        data={lifetimes.map((days) => ({ value: String(days), label: t('tokens.days', { days }) }))}
        allowDeselect={false}
        {...form.input('days')}
      />
    </CreateDialog>
  );
}

export function RenameToken({ token, onClose }: { token: PersonalAccessToken; onClose: () => void }) {
  const t = userPhrases.use();
  const words = patternPhrases.use();
  const rename = useChange(updatePersonalAccessTokenName);
  const { userId, name: currentName } = token;
  const form = useForm({
    values: { name: currentName },
    validate: ({ name }) => ({ name: name.trim() ? undefined : words('form.required') }),
    save: ({ name }) => rename.mutateAsync({ params: { userId }, body: { currentName, name: name.trim() } }),
    fieldsByCode,
  });
  return (
    <CreateDialog
      isOpen
      onClose={onClose}
      title={t('tokens.rename')}
      submitLabel={words('form.save')}
      form={form}
      onCreated={onClose}
    >
      <TextInput label={t('tokens.name')} data-autofocus autoComplete="off" {...form.input('name')} />
    </CreateDialog>
  );
}

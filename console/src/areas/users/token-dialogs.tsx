import type { PersonalAccessToken } from '@aldaba/contract';
import { createUserPersonalAccessToken, updatePersonalAccessTokenName } from '@aldaba/contract/routes';
import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { useChange } from '../../api/queries.ts';
import { ExpirySelect, expiryAfter } from '../../patterns/expiry-select.tsx';
import { CreateDialog } from '../../patterns/form.tsx';
import { patternPhrases } from '../../patterns/phrases.ts';
import { ShownOnce } from '../../patterns/shown-once.tsx';
import { useForm } from '../../patterns/use-form.ts';
import { userPhrases } from './phrases.ts';

/** Days until a new token expires; 0 for never. */
const lifetimes = [7, 30, 90, 365, 0] as const;
const fieldsByCode = { 'user.personal_access_token_name_exists': 'name' } as const;

interface CreateTokenProps {
  userId: string;
  isOpen: boolean;
  onClose: () => void;
}

/** Creates a token, and shows it once. */
export function CreateToken({ userId, isOpen, onClose }: CreateTokenProps) {
  const t = userPhrases.use();
  const words = patternPhrases.use();
  const create = useChange(createUserPersonalAccessToken);
  const [created, setCreated] = useState<PersonalAccessToken>();
  const form = useForm({
    values: { name: '', days: '30' },
    validate: ({ name }) => ({ name: name.trim() ? undefined : words('form.required') }),
    save: async ({ name, days }) => {
      const body = { name: name.trim(), expiresAt: expiryAfter(days) };
      setCreated(await create.mutateAsync({ params: { userId }, body }));
    },
    fieldsByCode,
  });
  return (
    <>
      <CreateDialog
        isOpen={isOpen}
        onClose={onClose}
        title={t('tokens.create')}
        submitLabel={t('tokens.create')}
        form={form}
      >
        <TextInput
          label={t('tokens.name')}
          placeholder={t('tokens.placeholder')}
          data-autofocus
          autoComplete="off"
          {...form.input('name')}
        />
        <ExpirySelect label={t('tokens.expiry')} lifetimes={lifetimes} {...form.input('days')} />
      </CreateDialog>
      <ShownOnce
        isOpen={created !== undefined}
        onClose={() => setCreated(undefined)}
        title={t('tokens.created')}
        detail={t('tokens.createdDetail')}
        label={created?.name ?? ''}
        value={created?.value ?? ''}
        actionLabel={t('actions.done')}
      />
    </>
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
    <CreateDialog isOpen onClose={onClose} title={t('tokens.rename')} submitLabel={words('form.save')} form={form}>
      <TextInput label={t('tokens.name')} data-autofocus autoComplete="off" {...form.input('name')} />
    </CreateDialog>
  );
}

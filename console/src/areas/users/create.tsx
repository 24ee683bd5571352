import type { SignInIdentifier } from '@aldaba/contract';
import { createUser, getSignInExperience } from '@aldaba/contract/routes';
import { Text, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useChange, useItem, useTenant } from '../../api/queries.ts';
import { CreateDialog } from '../../patterns/form.tsx';
import { patternPhrases } from '../../patterns/phrases.ts';
import { useForm } from '../../patterns/use-form.ts';
import { passwordIdentifiers } from '../sign-in-experience/sign-up.ts';
import { generatePassword } from './password.ts';
import { PasswordDialog } from './password-dialog.tsx';
import { userPhrases } from './phrases.ts';
import { identifierFields, identifierProblems, phoneDigits } from './problems.ts';

const empty = { username: '', primaryEmail: '', primaryPhone: '', name: '' };

const trimmed = ({ username, primaryEmail, primaryPhone, name }: typeof empty) => ({
  username: username.trim(),
  primaryEmail: primaryEmail.trim(),
  primaryPhone: phoneDigits(primaryPhone),
  name: name.trim(),
});

/** Creates a user with a generated password, shows the password once, and leads to the user's page. */
export function CreateUser({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const t = userPhrases.use();
  const words = patternPhrases.use();
  const tenant = useTenant();
  const navigate = useNavigate();
  const create = useChange(createUser);
  const experience = useItem(getSignInExperience).data;
  const helpOf = (identifier: SignInIdentifier, help?: string) =>
    experience && !passwordIdentifiers(experience).includes(identifier) ? t('notAccepted') : help;
  const [created, setCreated] = useState<{ id: string; password: string }>();
  const form = useForm({
    values: empty,
    validate: (values) => {
      const { username, primaryEmail, primaryPhone } = trimmed(values);
      const problems = identifierProblems({ username, primaryEmail, primaryPhone }, t);
      return username || primaryEmail || primaryPhone ? problems : { username: t('problems.identifier') };
    },
    fieldsByCode: identifierFields,
    save: async (values) => {
      const password = generatePassword();
      const given = Object.fromEntries(Object.entries(trimmed(values)).filter(([, value]) => value));
      const { id } = await create.mutateAsync({ body: { ...given, password } });
      setCreated({ id, password });
    },
  });
  const finish = () => {
    if (created) void navigate({ to: '/t/$tenant/users/$id', params: { tenant, id: created.id } });
    setCreated(undefined);
  };
  return (
    <>
      <CreateDialog isOpen={isOpen} onClose={onClose} title={t('create')} submitLabel={t('create')} form={form}>
        <Text c="dimmed" fz="sm">
          {t('createHelp')}
        </Text>
        <TextInput
          label={t('fields.username')}
          description={helpOf('username')}
          data-autofocus
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          {...form.input('username')}
        />
        <TextInput
          label={t('fields.primaryEmail')}
          description={helpOf('email')}
          type="email"
          autoComplete="off"
          {...form.input('primaryEmail')}
        />
        <TextInput
          label={t('fields.primaryPhone')}
          description={helpOf('phone', t('fields.primaryPhoneHelp'))}
          type="tel"
          autoComplete="off"
          {...form.input('primaryPhone')}
        />
        <TextInput
          label={`${t('fields.name')} (${words('form.optional')})`}
          autoComplete="off"
          {...form.input('name')}
        />
      </CreateDialog>
      <PasswordDialog
        title={t('created.title')}
        password={created?.password}
        actionLabel={t('created.open')}
        onClose={finish}
      />
    </>
  );
}

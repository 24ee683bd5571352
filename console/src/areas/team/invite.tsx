import { createTeamInvitation, type TeamRole } from '@aldaba/contract/routes';
import { Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useChange } from '../../api/queries.ts';
import { CreateDialog } from '../../patterns/form.tsx';
import { patternPhrases } from '../../patterns/phrases.ts';
import { useForm } from '../../patterns/use-form.ts';
import { type CreatedInvitation, LinkDialog } from './link-dialog.tsx';
import { teamPhrases } from './phrases.ts';
import { RoleChoice } from './role-choice.tsx';

/** Invites a colleague, and shows the link once. */
export function Invite({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const t = teamPhrases.use();
  const words = patternPhrases.use();
  const invite = useChange(createTeamInvitation);
  const [created, setCreated] = useState<CreatedInvitation>();
  const form = useForm<{ email: string; role: TeamRole }>({
    values: { email: '', role: 'full' },
    validate: ({ email }) => ({
      email:
        email.trim() === '' || /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email.trim()) ? undefined : t('invite.emailInvalid'),
    }),
    fieldsByCode: { 'team.already_member': 'email', 'user.invalid_email': 'email' },
    save: async ({ email, role }) => {
      const address = email.trim();
      setCreated(await invite.mutateAsync({ body: { ...(address && { email: address }), role } }));
    },
  });
  return (
    <>
      <CreateDialog
        isOpen={isOpen}
        onClose={onClose}
        title={t('invite.action')}
        submitLabel={t('invite.submit')}
        form={form}
      >
        <Text c="dimmed" fz="sm">
          {t('invite.detail')}
        </Text>
        <TextInput
          data-autofocus
          type="email"
          autoComplete="off"
          label={`${t('invite.email')} (${words('form.optional')})`}
          description={t('invite.emailHelp')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          {...form.input('email')}
        />
        <RoleChoice label={t('invite.access')} input={form.input('role')} />
      </CreateDialog>
      <LinkDialog created={created} onClose={() => setCreated(undefined)} />
    </>
  );
}

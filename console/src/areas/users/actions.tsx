import type { User } from '@aldaba/contract';
import { updateUserIsSuspended, updateUserPassword } from '@aldaba/contract/routes';
import { Button, Menu } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { useState } from 'react';
import { useChange } from '../../api/queries.ts';
import { ConfirmDialog } from '../../patterns/confirm-dialog.tsx';
import { nameOfUser } from './identity.tsx';
import { generatePassword } from './password.ts';
import { PasswordDialog } from './password-dialog.tsx';
import { userPhrases } from './phrases.ts';

/** What can be done with a user besides changing the profile: suspending, a new password. */
export function UserActions({ user }: { user: User }) {
  const t = userPhrases.use();
  const suspend = useChange(updateUserIsSuspended);
  const setPassword = useChange(updateUserPassword);
  const [asked, setAsked] = useState<'suspend' | 'password'>();
  const [password, setShown] = useState<string>();
  const params = { userId: user.id };
  const name = nameOfUser(user);
  const suspendWords = user.isSuspended ? 'reactivate' : 'suspend';
  const close = () => setAsked(undefined);
  const resetPassword = async () => {
    const fresh = generatePassword();
    await setPassword.mutateAsync({ params, body: { password: fresh } });
    setShown(fresh);
  };
  return (
    <>
      <Menu position="bottom-end" width={200}>
        <Menu.Target>
          <Button variant="default" rightSection={<IconChevronDown size={16} stroke={1.5} />}>
            {t('actions.menu')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => setAsked('password')}>{t('actions.resetPassword')}</Menu.Item>
          <Menu.Item onClick={() => setAsked('suspend')}>{t(`actions.${suspendWords}`)}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ConfirmDialog
        isOpen={asked === 'suspend'}
        onClose={close}
        title={t(`actions.${suspendWords}`)}
        actionLabel={t(`actions.${suspendWords}`)}
        isDangerous={!user.isSuspended}
        action={() => suspend.mutateAsync({ params, body: { isSuspended: !user.isSuspended } })}
      >
        {t(`actions.${suspendWords}Detail`, { name })}
      </ConfirmDialog>
      <ConfirmDialog
        isOpen={asked === 'password'}
        onClose={close}
        title={t('actions.resetPassword')}
        actionLabel={t('actions.resetPassword')}
        isDangerous
        action={resetPassword}
      >
        {t('actions.resetPasswordDetail', { name })}
      </ConfirmDialog>
      <PasswordDialog
        title={t('actions.passwordReset')}
        password={password}
        actionLabel={t('actions.done')}
        onClose={() => setShown(undefined)}
      />
    </>
  );
}

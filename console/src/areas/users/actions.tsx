import type { User } from '@aldaba/contract';
import { deleteUser, updateUserIsSuspended, updateUserPassword } from '@aldaba/contract/routes';
import { Button, Menu } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { useState } from 'react';
import { useChange } from '../../api/queries.ts';
import { nameOfUser } from '../../api/user-names.ts';
import { ConfirmDialog } from '../../patterns/confirm-dialog.tsx';
import { ConfirmByName } from '../../patterns/danger-zone.tsx';
import { generatePassword } from './password.ts';
import { PasswordDialog } from './password-dialog.tsx';
import { userPhrases } from './phrases.ts';

/** What can be done with a user besides changing the profile. */
export interface AskedAction {
  user: User;
  action: 'password' | 'suspend' | 'delete';
}

interface MenuProps {
  user: User;
  ask: (asked: AskedAction) => void;
}

/** The menu of a user's page; deleting has a place of its own there. */
export function UserActions({ user }: { user: User }) {
  const t = userPhrases.use();
  const [asked, setAsked] = useState<AskedAction>();
  return (
    <>
      <Menu position="bottom-end" width={200}>
        <Menu.Target>
          <Button variant="default" rightSection={<IconChevronDown size={16} stroke={1.5} />}>
            {t('actions.menu')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <ActionItems user={user} ask={setAsked} />
        </Menu.Dropdown>
      </Menu>
      <ActionDialogs asked={asked} onClose={() => setAsked(undefined)} />
    </>
  );
}

export function ActionItems({ user, ask }: MenuProps) {
  const t = userPhrases.use();
  return (
    <>
      <Menu.Item onClick={() => ask({ user, action: 'password' })}>{t('actions.resetPassword')}</Menu.Item>
      <Menu.Item onClick={() => ask({ user, action: 'suspend' })}>
        {t(user.isSuspended ? 'actions.reactivate' : 'actions.suspend')}
      </Menu.Item>
    </>
  );
}

/** Asks before an action, does it, and shows a new password once. */
export function ActionDialogs({ asked, onClose }: { asked: AskedAction | undefined; onClose: () => void }) {
  const t = userPhrases.use();
  const suspend = useChange(updateUserIsSuspended);
  const setPassword = useChange(updateUserPassword);
  const remove = useChange(deleteUser);
  const [password, setShown] = useState<string>();
  const isSuspended = asked?.user.isSuspended ?? false;
  const suspendWords = isSuspended ? 'reactivate' : 'suspend';
  const params = { userId: asked?.user.id ?? '' };
  const name = asked ? nameOfUser(asked.user) : '';
  const resetPassword = async () => {
    const fresh = generatePassword();
    await setPassword.mutateAsync({ params, body: { password: fresh } });
    setShown(fresh);
  };
  return (
    <>
      <ConfirmDialog
        isOpen={asked?.action === 'suspend'}
        onClose={onClose}
        title={t(`actions.${suspendWords}`)}
        actionLabel={t(`actions.${suspendWords}`)}
        isDangerous={!isSuspended}
        action={() => suspend.mutateAsync({ params, body: { isSuspended: !isSuspended } })}
      >
        {t(`actions.${suspendWords}Detail`, { name })}
      </ConfirmDialog>
      <ConfirmDialog
        isOpen={asked?.action === 'password'}
        onClose={onClose}
        title={t('actions.resetPassword')}
        actionLabel={t('actions.resetPassword')}
        isDangerous
        action={resetPassword}
      >
        {t('actions.resetPasswordDetail', { name })}
      </ConfirmDialog>
      <ConfirmByName
        isOpen={asked?.action === 'delete'}
        onClose={onClose}
        title={t('actions.delete')}
        actionLabel={t('actions.delete')}
        name={name}
        action={() => remove.mutateAsync({ params })}
      >
        {t('actions.deleteDetail')}
      </ConfirmByName>
      <PasswordDialog
        title={t('actions.passwordReset')}
        password={password}
        actionLabel={t('actions.done')}
        onClose={() => setShown(undefined)}
      />
    </>
  );
}

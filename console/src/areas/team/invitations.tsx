import type { TeamInvitation, TeamMember } from '@aldaba/contract/routes';
import { deleteTeamInvitation } from '@aldaba/contract/routes';
import { Menu } from '@mantine/core';
import { useState } from 'react';
import { useChange } from '../../api/queries.ts';
import { useFormat } from '../../language/format.ts';
import { ConfirmDialog } from '../../patterns/confirm-dialog.tsx';
import { RowMenu } from '../../patterns/list-page.tsx';
import { ListTable, NameCell } from '../../patterns/list-table.tsx';
import { useIsReadOnly } from '../../session/administrator.ts';
import { nameOfMember } from './member-name.ts';
import { teamPhrases } from './phrases.ts';

interface InvitationsProps {
  invitations: readonly TeamInvitation[];
  members: readonly TeamMember[];
}

/** Links that can still be used. */
export function Invitations({ invitations, members }: InvitationsProps) {
  const t = teamPhrases.use();
  const format = useFormat();
  const isReadOnly = useIsReadOnly();
  const revoke = useChange(deleteTeamInvitation);
  const [doomed, setDoomed] = useState<string>();
  const inviterOf = ({ inviterId }: TeamInvitation) => {
    const inviter = members.find(({ id }) => id === inviterId);
    return inviter ? nameOfMember(inviter) : t('none');
  };
  const nameOf = ({ email }: TeamInvitation) => email ?? t('invitations.anyone');
  const menuOf = (invitation: TeamInvitation) => (
    <RowMenu name={nameOf(invitation)}>
      <Menu.Item color="red" onClick={() => setDoomed(invitation.id)}>
        {t('invitations.revoke')}
      </Menu.Item>
    </RowMenu>
  );
  return (
    <>
      <ListTable
        caption={t('invitations.title')}
        items={invitations}
        idOf={({ id }) => id}
        linkOf={undefined}
        menuOf={isReadOnly ? undefined : menuOf}
        isStale={false}
        columns={[
          { header: t('invitations.for'), cell: (invitation) => <NameCell name={nameOf(invitation)} /> },
          { header: t('columns.access'), width: '140px', cell: ({ role }) => t(`roles.${role}`) },
          { header: t('invitations.invitedBy'), width: '140px', wide: true, cell: inviterOf },
          {
            header: t('invitations.expires'),
            width: '160px',
            wide: true,
            cell: ({ expiresAt }) => format.date(expiresAt),
          },
        ]}
      />
      <ConfirmDialog
        isOpen={doomed !== undefined}
        onClose={() => setDoomed(undefined)}
        title={t('invitations.revoke')}
        actionLabel={t('invitations.revoke')}
        isDangerous
        action={() => revoke.mutateAsync({ params: { id: doomed ?? '' } })}
      >
        {t('invitations.revokeDetail')}
      </ConfirmDialog>
    </>
  );
}

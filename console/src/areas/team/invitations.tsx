import type { TeamInvitation, TeamMember } from '@aldaba/contract/routes';
import { deleteTeamInvitation, renewTeamInvitation } from '@aldaba/contract/routes';
import { Menu } from '@mantine/core';
import { useState } from 'react';
import { useChange } from '../../api/queries.ts';
import { useFormat } from '../../language/format.ts';
import { ConfirmDialog } from '../../patterns/confirm-dialog.tsx';
import { RowMenu } from '../../patterns/list-page.tsx';
import { ListTable, NameCell } from '../../patterns/list-table.tsx';
import { StatusBadge } from '../../patterns/status-badge.tsx';
import { useIsReadOnly } from '../../session/administrator.ts';
import { type CreatedInvitation, LinkDialog } from './link-dialog.tsx';
import { nameOfMember } from './member-name.ts';
import { teamPhrases } from './phrases.ts';

interface InvitationsProps {
  invitations: readonly TeamInvitation[];
  members: readonly TeamMember[];
}

/** Links that have not been used yet. */
export function Invitations({ invitations, members }: InvitationsProps) {
  const t = teamPhrases.use();
  const format = useFormat();
  const isReadOnly = useIsReadOnly();
  const revoke = useChange(deleteTeamInvitation);
  const renew = useChange(renewTeamInvitation);
  const [chosen, setChosen] = useState<{ id: string; action: 'renew' | 'revoke' }>();
  const [renewed, setRenewed] = useState<CreatedInvitation>();
  const close = () => setChosen(undefined);
  const params = { id: chosen?.id ?? '' };
  const inviterOf = ({ inviterId }: TeamInvitation) => {
    const inviter = members.find(({ id }) => id === inviterId);
    return inviter ? nameOfMember(inviter) : t('none');
  };
  const nameOf = ({ email }: TeamInvitation) => email ?? t('invitations.anyone');
  const nameCell = (invitation: TeamInvitation) => (
    <NameCell
      name={nameOf(invitation)}
      badge={invitation.isVoid && <StatusBadge tone="warning">{t('invitations.void')}</StatusBadge>}
    />
  );
  const menuOf = (invitation: TeamInvitation) => (
    <RowMenu name={nameOf(invitation)}>
      <Menu.Item onClick={() => setChosen({ id: invitation.id, action: 'renew' })}>{t('invitations.renew')}</Menu.Item>
      <Menu.Item color="red" onClick={() => setChosen({ id: invitation.id, action: 'revoke' })}>
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
          { header: t('invitations.for'), cell: nameCell },
          { header: t('columns.access'), width: '8.75rem', cell: ({ role }) => t(`roles.${role}`) },
          { header: t('invitations.invitedBy'), width: '8.75rem', wide: true, cell: inviterOf },
          {
            header: t('invitations.expires'),
            width: '10rem',
            wide: true,
            cell: ({ expiresAt }) => format.date(expiresAt),
          },
        ]}
      />
      <ConfirmDialog
        isOpen={chosen?.action === 'renew'}
        onClose={close}
        title={t('invitations.renew')}
        actionLabel={t('invitations.renew')}
        action={async () => setRenewed(await renew.mutateAsync({ params }))}
      >
        {t('invitations.renewDetail')}
      </ConfirmDialog>
      <ConfirmDialog
        isOpen={chosen?.action === 'revoke'}
        onClose={close}
        title={t('invitations.revoke')}
        actionLabel={t('invitations.revoke')}
        isDangerous
        action={() => revoke.mutateAsync({ params })}
      >
        {t('invitations.revokeDetail')}
      </ConfirmDialog>
      <LinkDialog created={renewed} onClose={() => setRenewed(undefined)} />
    </>
  );
}

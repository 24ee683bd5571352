import type { TeamMember } from '@aldaba/contract/routes';
import { listTeamInvitations, listTeamMembers, removeTeamMember } from '@aldaba/contract/routes';
import { Button, Menu } from '@mantine/core';
import { IconUserPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useChange, useItem } from '../../api/queries.ts';
import { ConfirmByName } from '../../patterns/danger-zone.tsx';
import { RowMenu } from '../../patterns/list-page.tsx';
import { ListTable, NameCell } from '../../patterns/list-table.tsx';
import { Page } from '../../patterns/page.tsx';
import { RelativeTime } from '../../patterns/relative-time.tsx';
import { StatusBadge } from '../../patterns/status-badge.tsx';
import { useAdministrator, useIsReadOnly } from '../../session/administrator.ts';
import { ErrorPage } from '../../shell/error-pages.tsx';
import { ChangeAccess } from './change-access.tsx';
import { Invitations } from './invitations.tsx';
import { Invite } from './invite.tsx';
import { nameOfMember } from './member-name.ts';
import { teamPhrases } from './phrases.ts';
import classes from './team-page.module.css';

/** Who may use the Console for the tenant, and who is invited. */
export function TeamPage() {
  const t = teamPhrases.use();
  const members = useItem(listTeamMembers);
  const invitations = useItem(listTeamInvitations);
  const [isInviting, setInviting] = useState(false);
  const failed = [members, invitations].find(({ data, error }) => error && !data);
  if (failed) return <ErrorPage error={failed.error as Error} reset={() => void failed.refetch()} />;
  return (
    <Page
      title={t('title')}
      description={t('description')}
      action={
        <Button leftSection={<IconUserPlus size={16} stroke={1.5} />} onClick={() => setInviting(true)}>
          {t('invite.action')}
        </Button>
      }
    >
      <div className={classes.card}>
        <Members members={members.data} />
      </div>
      {invitations.data && invitations.data.length > 0 && (
        <section className={classes.invitations}>
          <h2 className={classes.heading}>{t('invitations.title')}</h2>
          <div className={classes.card}>
            <Invitations invitations={invitations.data} members={members.data ?? []} />
          </div>
        </section>
      )}
      <Invite isOpen={isInviting} onClose={() => setInviting(false)} />
    </Page>
  );
}

function Members({ members }: { members: readonly TeamMember[] | undefined }) {
  const t = teamPhrases.use();
  const isReadOnly = useIsReadOnly();
  const remove = useChange(removeTeamMember);
  const [chosen, setChosen] = useState<{ member: TeamMember; action: 'change' | 'remove' }>();
  const name = chosen ? nameOfMember(chosen.member) : '';
  const close = () => setChosen(undefined);
  const menuOf = (member: TeamMember) => (
    <RowMenu name={nameOfMember(member)}>
      <Menu.Item onClick={() => setChosen({ member, action: 'change' })}>{t('change.action')}</Menu.Item>
      <Menu.Item color="red" onClick={() => setChosen({ member, action: 'remove' })}>
        {t('remove.action')}
      </Menu.Item>
    </RowMenu>
  );
  return (
    <>
      <ListTable
        caption={t('title')}
        items={members}
        idOf={({ id }) => id}
        linkOf={undefined}
        menuOf={isReadOnly ? undefined : menuOf}
        isStale={false}
        columns={[
          { header: t('columns.name'), cell: (member) => <MemberCell member={member} /> },
          { header: t('columns.access'), width: '8.75rem', cell: ({ role }) => t(`roles.${role}`) },
          {
            header: t('columns.mfa'),
            width: '8.75rem',
            wide: true,
            cell: ({ hasMfa }) => (
              <StatusBadge tone={hasMfa ? 'success' : 'neutral'}>{t(hasMfa ? 'yes' : 'no')}</StatusBadge>
            ),
          },
          {
            header: t('columns.lastSignIn'),
            width: '10rem',
            wide: true,
            cell: ({ lastSignInAt }) => (lastSignInAt === null ? t('never') : <RelativeTime time={lastSignInAt} />),
          },
        ]}
      />
      <ChangeAccess member={chosen?.action === 'change' ? chosen.member : undefined} onClose={close} />
      <ConfirmByName
        isOpen={chosen?.action === 'remove'}
        onClose={close}
        title={t('remove.title', { name })}
        actionLabel={t('remove.action')}
        name={name}
        action={() => remove.mutateAsync({ params: { id: chosen?.member.id ?? '' } })}
      >
        {t('remove.detail')}
      </ConfirmByName>
    </>
  );
}

function MemberCell({ member }: { member: TeamMember }) {
  const t = teamPhrases.use();
  const { id } = useAdministrator();
  const name = nameOfMember(member);
  const details = [member.id === id ? t('you') : null, member.username, member.email].filter(
    (detail) => detail !== null && detail !== name,
  );
  return (
    <NameCell
      name={name}
      detail={details.join(' · ')}
      badge={member.isSuspended && <StatusBadge tone="warning">{t('suspended')}</StatusBadge>}
    />
  );
}

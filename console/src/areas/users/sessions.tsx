import type { User, UserGrant, UserSession } from '@aldaba/contract';
import { deleteUserSession, listUserGrants, listUserSessions } from '@aldaba/contract/routes';
import { Button, Menu } from '@mantine/core';
import { IconDevices } from '@tabler/icons-react';
import { useState } from 'react';
import { useChange, useItem } from '../../api/queries.ts';
import { nameOfUser } from '../../api/user-names.ts';
import { ConfirmDialog } from '../../patterns/confirm-dialog.tsx';
import { ListSection, wholeList } from '../../patterns/list-page.tsx';
import { type ListColumn, NameCell } from '../../patterns/list-table.tsx';
import { RelativeTime } from '../../patterns/relative-time.tsx';
import { Device, useDeviceName } from './device.tsx';
import { userPhrases } from './phrases.ts';

/** The browsers in which a user is signed in. */
export function UserSessions({ user }: { user: User }) {
  const t = userPhrases.use();
  const deviceName = useDeviceName();
  const params = { userId: user.id };
  const answer = useItem(listUserSessions, { params });
  const grants = useItem(listUserGrants, { params }).data?.grants ?? [];
  const end = useChange(deleteUserSession);
  const [ended, setEnded] = useState<readonly UserSession[]>([]);
  const sessions = answer.data?.sessions;
  const signOut = async () => {
    for (const { payload } of ended)
      await end.mutateAsync({
        params: { ...params, sessionId: payload.uid },
        query: { revokeGrantsTarget: 'all' },
      });
  };
  const columns = useColumns(grants);
  const words = ended.length > 1 ? 'all' : 'one';
  return (
    <>
      <ListSection<UserSession>
        title={t('sessions.title')}
        description={t('sessions.detail')}
        action={
          sessions &&
          sessions.length > 1 && (
            <Button variant="default" onClick={() => setEnded(sessions)}>
              {t('sessions.end.all')}
            </Button>
          )
        }
        list={wholeList(answer, sessions)}
        idOf={({ payload }) => payload.uid}
        nameOf={({ userAgentParsed }) => deviceName(userAgentParsed)}
        menuOf={(session) => (
          <Menu.Item color="red" onClick={() => setEnded([session])}>
            {t('sessions.end.one')}
          </Menu.Item>
        )}
        columns={columns}
        empty={{ icon: IconDevices, title: t('sessions.emptyTitle'), detail: t('sessions.emptyDetail') }}
      />
      <ConfirmDialog
        isOpen={ended.length > 0}
        onClose={() => setEnded([])}
        title={t(`sessions.end.${words}`)}
        actionLabel={t(`sessions.end.${words}`)}
        isDangerous
        action={signOut}
      >
        {t(`sessions.endDetail.${words}`, { name: nameOfUser(user) })}
      </ConfirmDialog>
    </>
  );
}

/** Names of the applications that a session is used by; grants tell them. */
const applicationsOf = ({ payload }: UserSession, grants: readonly UserGrant[]): string[] =>
  Object.keys(payload.authorizations).map(
    (id) => grants.find(({ application }) => application.id === id)?.application.name ?? id,
  );

function useColumns(grants: readonly UserGrant[]): ListColumn<UserSession>[] {
  const t = userPhrases.use();
  return [
    {
      header: t('devices.device'),
      cell: ({ userAgentParsed, ip, lastSubmission }) => (
        <Device
          agent={userAgentParsed}
          ip={ip}
          city={lastSubmission?.signInContext?.['city']}
          country={lastSubmission?.signInContext?.['country']}
        />
      ),
    },
    {
      header: t('sessions.applications'),
      width: '24%',
      wide: true,
      cell: (session) => applicationsOf(session, grants).join(', ') || t('none'),
    },
    {
      header: t('sessions.active'),
      width: '12rem',
      wide: true,
      cell: ({ lastActiveAt, payload }) => (
        <NameCell
          name={<RelativeTime time={lastActiveAt} />}
          detail={
            <>
              {t('sessions.signedIn')} <RelativeTime time={payload.loginTs * 1000} />
            </>
          }
        />
      ),
    },
    {
      header: t('sessions.expires'),
      width: '9.5rem',
      wide: true,
      cell: ({ expiresAt }) => <RelativeTime time={expiresAt} />,
    },
  ];
}

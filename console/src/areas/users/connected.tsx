import type { User, UserGrant } from '@aldaba/contract';
import { deleteUserGrant, listUserGrants } from '@aldaba/contract/routes';
import { Menu } from '@mantine/core';
import { IconApps } from '@tabler/icons-react';
import { useState } from 'react';
import { useChange, useItem } from '../../api/queries.ts';
import { nameOfUser } from '../../api/user-names.ts';
import { ConfirmDialog } from '../../patterns/confirm-dialog.tsx';
import { ListSection, wholeList } from '../../patterns/list-page.tsx';
import { NameCell } from '../../patterns/list-table.tsx';
import { RelativeTime } from '../../patterns/relative-time.tsx';
import { userPhrases } from './phrases.ts';

/** The applications that may act for a user until the grant expires or is revoked. */
export function ConnectedApplications({ user }: { user: User }) {
  const t = userPhrases.use();
  const params = { userId: user.id };
  const answer = useItem(listUserGrants, { params });
  const revoke = useChange(deleteUserGrant, { also: ['/api/applications'] });
  const [doomed, setDoomed] = useState<UserGrant>();
  return (
    <>
      <ListSection<UserGrant>
        title={t('connected.title')}
        description={t('connected.detail')}
        list={wholeList(answer, answer.data?.grants)}
        idOf={({ id }) => id}
        nameOf={({ application }) => application.name}
        linkOf={({ application }) => `applications/${application.id}`}
        menuOf={(grant) => (
          <Menu.Item color="red" onClick={() => setDoomed(grant)}>
            {t('connected.revoke')}
          </Menu.Item>
        )}
        columns={[
          {
            header: t('connected.application'),
            cell: ({ application }) => <NameCell name={application.name} detail={<code>{application.id}</code>} />,
          },
          {
            header: t('connected.since'),
            width: '10rem',
            wide: true,
            cell: ({ payload }) => <RelativeTime time={payload.iat * 1000} />,
          },
          {
            header: t('sessions.expires'),
            width: '10rem',
            wide: true,
            cell: ({ expiresAt }) => <RelativeTime time={expiresAt} />,
          },
        ]}
        empty={{ icon: IconApps, title: t('connected.emptyTitle'), detail: t('connected.emptyDetail') }}
      />
      <ConfirmDialog
        isOpen={doomed !== undefined}
        onClose={() => setDoomed(undefined)}
        title={t('connected.revoke')}
        actionLabel={t('connected.revoke')}
        isDangerous
        action={() => revoke.mutateAsync({ params: { ...params, grantId: doomed?.id ?? '' } })}
      >
        {t('connected.revokeDetail', { name: nameOfUser(user), application: doomed?.application.name ?? '' })}
      </ConfirmDialog>
    </>
  );
}

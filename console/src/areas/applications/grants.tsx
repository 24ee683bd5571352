import type { Application, ApplicationGrant } from '@aldaba/contract';
import { deleteApplicationGrant, listApplicationGrants } from '@aldaba/contract/routes';
import { Menu } from '@mantine/core';
import { IconDevices } from '@tabler/icons-react';
import { useState } from 'react';
import { useChange, useList } from '../../api/queries.ts';
import { nameOfUser } from '../../api/user-names.ts';
import { ConfirmDialog } from '../../patterns/confirm-dialog.tsx';
import { ListSection } from '../../patterns/list-page.tsx';
import { pageSize, useListSearch } from '../../patterns/list-search.ts';
import { NameCell } from '../../patterns/list-table.tsx';
import { RelativeTime } from '../../patterns/relative-time.tsx';
import { applicationPhrases } from './phrases.ts';
import { isUserScope, userScopes } from './user-scopes.ts';

/** Who is signed in to the application, in which browser, and with which scopes. */
export function ApplicationGrants({ application: { id } }: { application: Application }) {
  const t = applicationPhrases.use();
  const { page } = useListSearch();
  const list = useList(listApplicationGrants, { params: { id }, page, pageSize });
  const revoke = useChange(deleteApplicationGrant, { also: ['/api/users'] });
  const [doomed, setDoomed] = useState<ApplicationGrant>();
  return (
    <>
      <ListSection
        title={t('grants.title')}
        description={t('grants.detail')}
        list={list}
        idOf={(grant) => grant.id}
        linkOf={({ user }) => `users/${user.id}`}
        nameOf={({ user }) => nameOfUser(user)}
        menuOf={(grant) => (
          <Menu.Item color="red" onClick={() => setDoomed(grant)}>
            {t('grants.revoke')}
          </Menu.Item>
        )}
        columns={[
          {
            header: t('grants.user'),
            cell: (grant) => <NameCell name={nameOfUser(grant.user)} detail={<Scopes scope={grant.scope} />} />,
          },
          { header: t('grants.session'), width: '13.75rem', wide: true, cell: (grant) => <Session grant={grant} /> },
          {
            header: t('grants.since'),
            width: '8.75rem',
            wide: true,
            cell: ({ createdAt }) => <RelativeTime time={createdAt} />,
          },
          {
            header: t('grants.expires'),
            width: '8.75rem',
            wide: true,
            cell: ({ expiresAt }) => <RelativeTime time={expiresAt} />,
          },
        ]}
        empty={{ icon: IconDevices, title: t('grants.emptyTitle'), detail: t('grants.emptyDetail') }}
      />
      <ConfirmDialog
        isOpen={doomed !== undefined}
        onClose={() => setDoomed(undefined)}
        title={t('grants.revoke')}
        actionLabel={t('grants.revoke')}
        isDangerous
        action={() => revoke.mutateAsync({ params: { id, grantId: doomed?.id ?? '' } })}
      >
        {t('grants.revokeDetail', { name: doomed ? nameOfUser(doomed.user) : '' })}
      </ConfirmDialog>
    </>
  );
}

/** The allowed scopes in words; permissions of APIs have no other name than their own. */
function Scopes({ scope }: { scope: string }) {
  const t = applicationPhrases.use();
  const scopes = scope.split(' ').filter((name) => name !== 'openid');
  if (scopes.length === 0) return t('grants.identityOnly');
  return scopes.map((name) => (isUserScope(name) ? t(userScopes[name]) : name)).join(' · ');
}

function Session({ grant: { session } }: { grant: ApplicationGrant }) {
  const t = applicationPhrases.use();
  if (!session) return t('grants.ended');
  const { browser, os } = session.userAgentParsed ?? {};
  return <NameCell name={[browser?.name, os?.name].filter(Boolean).join(' · ') || '—'} detail={session.ip} />;
}

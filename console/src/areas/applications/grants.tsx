import type { Application, ApplicationGrant } from '@aldaba/contract';
import { deleteApplicationGrant, listApplicationGrants } from '@aldaba/contract/routes';
import { Menu } from '@mantine/core';
import { IconDevices } from '@tabler/icons-react';
import { useState } from 'react';
import { useChange, useList } from '../../api/queries.ts';
import { ConfirmByName } from '../../patterns/danger-zone.tsx';
import { ListSection } from '../../patterns/list-page.tsx';
import { pageSize, useListSearch } from '../../patterns/list-search.ts';
import { NameCell } from '../../patterns/list-table.tsx';
import { RelativeTime } from '../../patterns/relative-time.tsx';
import { nameOfGrant } from './grant-names.ts';
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
        nameOf={nameOfGrant}
        menuOf={(grant) => (
          <Menu.Item color="red" onClick={() => setDoomed(grant)}>
            {t('grants.revoke')}
          </Menu.Item>
        )}
        columns={[
          {
            header: t('grants.user'),
            cell: (grant) => <NameCell name={nameOfGrant(grant)} detail={<Scopes scope={grant.scope} />} />,
          },
          { header: t('grants.session'), width: '220px', wide: true, cell: (grant) => <Session grant={grant} /> },
          {
            header: t('grants.since'),
            width: '140px',
            wide: true,
            cell: ({ createdAt }) => <RelativeTime time={createdAt} />,
          },
          {
            header: t('grants.expires'),
            width: '140px',
            wide: true,
            cell: ({ expiresAt }) => <RelativeTime time={expiresAt} />,
          },
        ]}
        empty={{ icon: IconDevices, title: t('grants.emptyTitle'), detail: t('grants.emptyDetail') }}
      />
      <ConfirmByName
        isOpen={doomed !== undefined}
        onClose={() => setDoomed(undefined)}
        title={t('grants.revoke')}
        actionLabel={t('grants.revoke')}
        name={doomed ? nameOfGrant(doomed) : ''}
        action={() => revoke.mutateAsync({ params: { id, grantId: doomed?.id ?? '' } })}
      >
        {t('grants.revokeDetail')}
      </ConfirmByName>
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

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
        nameOf={nameOfGrant}
        menuOf={(grant) => (
          <Menu.Item color="red" onClick={() => setDoomed(grant)}>
            {t('grants.revoke')}
          </Menu.Item>
        )}
        columns={[
          { header: t('grants.user'), cell: (grant) => <NameCell name={nameOfGrant(grant)} detail={grant.scope} /> },
          { header: t('grants.session'), width: '220px', wide: true, cell: (grant) => <Session grant={grant} /> },
          {
            header: t('grants.since'),
            width: '160px',
            wide: true,
            cell: ({ createdAt }) => <RelativeTime time={createdAt} />,
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

function Session({ grant: { session } }: { grant: ApplicationGrant }) {
  const t = applicationPhrases.use();
  if (!session) return t('grants.ended');
  const { browser, os } = session.userAgentParsed ?? {};
  return <NameCell name={[browser?.name, os?.name].filter(Boolean).join(' · ') || '—'} detail={session.ip} />;
}

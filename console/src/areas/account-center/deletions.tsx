import type { AccountDeletion } from '@aldaba/contract';
import { cancelUserDeletion, listAccountDeletions } from '@aldaba/contract/routes';
import { Menu } from '@mantine/core';
import { IconUserMinus } from '@tabler/icons-react';
import { useState } from 'react';
import { useNames } from '../../api/names.ts';
import { useChange, useList } from '../../api/queries.ts';
import { useFormat } from '../../language/format.ts';
import { ConfirmDialog } from '../../patterns/confirm-dialog.tsx';
import { ListSection } from '../../patterns/list-page.tsx';
import { pageSize, useListSearch } from '../../patterns/list-search.ts';
import { NameCell } from '../../patterns/list-table.tsx';
import { RelativeTime } from '../../patterns/relative-time.tsx';
import { accountCenterPhrases } from './phrases.ts';

/** Accounts that their users asked to delete, the next one first. */
export function Deletions() {
  const t = accountCenterPhrases.use();
  const format = useFormat();
  const { page } = useListSearch();
  const list = useList(listAccountDeletions, { page, pageSize });
  const names = useNames({ userIds: list.data?.items.map(({ userId }) => userId) ?? [] });
  const cancel = useChange(cancelUserDeletion, { also: ['/api/account-deletions'] });
  const [kept, setKept] = useState<AccountDeletion>();
  const nameOf = ({ userId }: AccountDeletion) => names.user(userId) ?? userId;
  return (
    <>
      <ListSection
        title={t('pending.title')}
        description={t('pending.detail')}
        list={list}
        idOf={({ userId }) => userId}
        nameOf={nameOf}
        linkOf={({ userId }) => `users/${userId}`}
        menuOf={(deletion) => <Menu.Item onClick={() => setKept(deletion)}>{t('pending.cancel')}</Menu.Item>}
        columns={[
          { header: t('pending.user'), cell: (deletion) => <NameCell name={nameOf(deletion)} /> },
          {
            header: t('pending.requested'),
            width: '10rem',
            wide: true,
            cell: ({ requestedAt }) => <RelativeTime time={requestedAt} />,
          },
          {
            header: t('pending.deletes'),
            width: '10rem',
            cell: ({ deletesAt }) => format.date(deletesAt),
          },
        ]}
        empty={{ icon: IconUserMinus, title: t('pending.emptyTitle'), detail: t('pending.emptyDetail') }}
      />
      <ConfirmDialog
        isOpen={kept !== undefined}
        onClose={() => setKept(undefined)}
        title={t('pending.cancelTitle', { name: kept ? nameOf(kept) : '' })}
        actionLabel={t('pending.cancel')}
        action={() => cancel.mutateAsync({ params: { userId: kept?.userId ?? '' } })}
      >
        {t('pending.cancelDetail')}
      </ConfirmDialog>
    </>
  );
}

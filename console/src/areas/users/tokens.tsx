import type { PersonalAccessToken, User } from '@aldaba/contract';
import { deletePersonalAccessTokenPost, listUserPersonalAccessTokens } from '@aldaba/contract/routes';
import { Button, Menu } from '@mantine/core';
import { IconKey, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useChange, useItem } from '../../api/queries.ts';
import { ConfirmByName } from '../../patterns/danger-zone.tsx';
import { ListSection, wholeList } from '../../patterns/list-page.tsx';
import { NameCell } from '../../patterns/list-table.tsx';
import { RelativeTime } from '../../patterns/relative-time.tsx';
import { StatusBadge } from '../../patterns/status-badge.tsx';
import { userPhrases } from './phrases.ts';
import { CreateToken, RenameToken } from './token-dialogs.tsx';

/** Tokens with which scripts of a user get access tokens. */
export function UserTokens({ user: { id: userId } }: { user: User }) {
  const t = userPhrases.use();
  const tokens = useItem(listUserPersonalAccessTokens, { params: { userId } });
  const remove = useChange(deletePersonalAccessTokenPost);
  const [isCreating, setCreating] = useState(false);
  const [renamed, setRenamed] = useState<PersonalAccessToken>();
  const [doomed, setDoomed] = useState<PersonalAccessToken>();
  const create = (
    <Button leftSection={<IconPlus size={16} stroke={1.5} />} onClick={() => setCreating(true)}>
      {t('tokens.create')}
    </Button>
  );
  return (
    <>
      <ListSection<PersonalAccessToken>
        title={t('tokens.title')}
        description={t('tokens.detail')}
        action={create}
        list={wholeList(tokens, tokens.data)}
        idOf={({ name }) => name}
        nameOf={({ name }) => name}
        menuOf={(token) => (
          <>
            <Menu.Item onClick={() => setRenamed(token)}>{t('tokens.rename')}</Menu.Item>
            <Menu.Item color="red" onClick={() => setDoomed(token)}>
              {t('tokens.delete')}
            </Menu.Item>
          </>
        )}
        columns={[
          { header: t('tokens.name'), cell: (token) => <TokenCell token={token} /> },
          {
            header: t('tokens.expires'),
            width: '10rem',
            wide: true,
            cell: ({ expiresAt }) => (expiresAt === null ? t('never') : <RelativeTime time={expiresAt} />),
          },
          {
            header: t('columns.created'),
            width: '10rem',
            wide: true,
            cell: ({ createdAt }) => <RelativeTime time={createdAt} />,
          },
        ]}
        empty={{ icon: IconKey, title: t('tokens.emptyTitle'), detail: t('tokens.emptyDetail'), action: create }}
      />
      <CreateToken userId={userId} isOpen={isCreating} onClose={() => setCreating(false)} />
      {renamed && <RenameToken token={renamed} onClose={() => setRenamed(undefined)} />}
      <ConfirmByName
        isOpen={doomed !== undefined}
        onClose={() => setDoomed(undefined)}
        title={t('tokens.delete')}
        actionLabel={t('tokens.delete')}
        name={doomed?.name ?? ''}
        action={() => remove.mutateAsync({ params: { userId }, body: { name: doomed?.name ?? '' } })}
      >
        {t('tokens.deleteDetail')}
      </ConfirmByName>
    </>
  );
}

function TokenCell({ token: { name, expiresAt } }: { token: PersonalAccessToken }) {
  const t = userPhrases.use();
  const isExpired = expiresAt !== null && expiresAt <= Date.now();
  return <NameCell name={name} badge={isExpired && <StatusBadge tone="danger">{t('tokens.expired')}</StatusBadge>} />;
}

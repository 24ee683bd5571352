import type { TokenSecret, User } from '@aldaba/contract';
import { deleteUserIdentity, listConnectors, listUserAllIdentities } from '@aldaba/contract/routes';
import { Menu } from '@mantine/core';
import { IconLink } from '@tabler/icons-react';
import { useState } from 'react';
import { useChange, useItem } from '../../api/queries.ts';
import { nameOfUser } from '../../api/user-names.ts';
import { CodeBlock } from '../../patterns/code-block.tsx';
import { ConfirmDialog } from '../../patterns/confirm-dialog.tsx';
import { Dialog } from '../../patterns/dialog.tsx';
import { ListSection, wholeList } from '../../patterns/list-page.tsx';
import { type ListColumn, NameCell } from '../../patterns/list-table.tsx';
import { useLocalized } from '../connectors/kinds.ts';
import { Logo } from '../connectors/logo.tsx';
import { userPhrases } from './phrases.ts';
import { DeleteTokens, StoredTokens, useTokenState } from './stored-tokens.tsx';

interface Linked {
  target: string;
  identity: { userId: string; details?: Record<string, unknown> | undefined };
  tokenSecret?: TokenSecret | undefined;
}

const textOf = (details: Linked['identity']['details'], names: readonly string[]): string | undefined =>
  names.map((name) => details?.[name]).find((value) => typeof value === 'string' && value !== '') as string | undefined;

/** The accounts at social providers that a user signs in with. */
export function UserIdentities({ user }: { user: User }) {
  const t = userPhrases.use();
  const provider = useProviders();
  const columns = useColumns();
  const linked = useItem(listUserAllIdentities, {
    params: { userId: user.id },
    query: { includeTokenSecret: 'true' },
  });
  const unlink = useChange(deleteUserIdentity);
  const [shown, setShown] = useState<Linked>();
  const [doomed, setDoomed] = useState<Linked>();
  const [withdrawn, setWithdrawn] = useState<Linked>();
  return (
    <>
      <ListSection<Linked>
        title={t('identities.title')}
        description={t('identities.detail')}
        list={wholeList(linked, linked.data?.socialIdentities)}
        idOf={({ target }) => target}
        nameOf={({ target }) => provider(target).name}
        menuOf={(identity) => (
          <>
            <Menu.Item onClick={() => setShown(identity)}>{t('identities.show')}</Menu.Item>
            {identity.tokenSecret && (
              <Menu.Item color="red" onClick={() => setWithdrawn(identity)}>
                {t('identities.tokens.delete')}
              </Menu.Item>
            )}
            <Menu.Item color="red" onClick={() => setDoomed(identity)}>
              {t('identities.unlink')}
            </Menu.Item>
          </>
        )}
        columns={columns}
        empty={{ icon: IconLink, title: t('identities.emptyTitle'), detail: t('identities.emptyDetail') }}
      />
      {withdrawn?.tokenSecret && (
        <DeleteTokens
          tokens={withdrawn.tokenSecret}
          provider={provider(withdrawn.target).name}
          onClose={() => setWithdrawn(undefined)}
        />
      )}
      <Dialog
        isOpen={shown !== undefined}
        onClose={() => setShown(undefined)}
        title={shown ? provider(shown.target).name : ''}
        size={640}
      >
        {shown?.tokenSecret && <StoredTokens tokens={shown.tokenSecret} />}
        <CodeBlock language="json" name={t('identities.data')} code={JSON.stringify(shown?.identity, null, 2) ?? ''} />
      </Dialog>
      <ConfirmDialog
        isOpen={doomed !== undefined}
        onClose={() => setDoomed(undefined)}
        title={t('identities.unlink')}
        actionLabel={t('identities.unlink')}
        isDangerous
        action={() => unlink.mutateAsync({ params: { userId: user.id, target: doomed?.target ?? '' } })}
      >
        {t('identities.unlinkDetail', {
          name: nameOfUser(user),
          provider: doomed ? provider(doomed.target).name : '',
        })}
      </ConfirmDialog>
    </>
  );
}

function useColumns(): ListColumn<Linked>[] {
  const t = userPhrases.use();
  const provider = useProviders();
  const stateOf = useTokenState();
  return [
    {
      header: t('identities.provider'),
      cell: ({ target, identity: { userId } }) => (
        <NameCell
          name={provider(target).name}
          detail={<code>{userId}</code>}
          picture={<Logo {...provider(target)} />}
        />
      ),
    },
    {
      header: t('identities.account'),
      width: '30%',
      wide: true,
      cell: ({ identity: { details } }) => (
        <NameCell
          name={textOf(details, ['name', 'nickname', 'username']) ?? t('none')}
          detail={textOf(details, ['email', 'phone'])}
        />
      ),
    },
    {
      header: t('identities.tokens.title'),
      width: '14rem',
      wide: true,
      cell: ({ tokenSecret }) => (tokenSecret ? stateOf(tokenSecret) : t('none')),
    },
  ];
}

/** Name and mark of a provider by its target; the target itself once its connector is gone. */
function useProviders() {
  const localized = useLocalized();
  const connectors = useItem(listConnectors).data ?? [];
  return (target: string) => {
    const found = connectors.find((connector) => connector.target === target);
    return found
      ? { name: localized(found.name), logo: found.logo, logoDark: found.logoDark }
      : { name: target, logo: '', logoDark: null };
  };
}

import type { User } from '@aldaba/contract';
import { deleteUserIdentity, listConnectors, listUserAllIdentities } from '@aldaba/contract/routes';
import { Menu } from '@mantine/core';
import { IconLink } from '@tabler/icons-react';
import { useState } from 'react';
import { useChange, useItem } from '../../api/queries.ts';
import { CodeBlock } from '../../patterns/code-block.tsx';
import { ConfirmDialog } from '../../patterns/confirm-dialog.tsx';
import { Dialog } from '../../patterns/dialog.tsx';
import { ListSection, wholeList } from '../../patterns/list-page.tsx';
import { NameCell } from '../../patterns/list-table.tsx';
import { useLocalized } from '../connectors/kinds.ts';
import { Logo } from '../connectors/logo.tsx';
import { nameOfUser } from './identity.tsx';
import { userPhrases } from './phrases.ts';

interface Linked {
  target: string;
  identity: { userId: string; details?: Record<string, unknown> | undefined };
}

const textOf = (details: Linked['identity']['details'], names: readonly string[]): string | undefined =>
  names.map((name) => details?.[name]).find((value) => typeof value === 'string' && value !== '') as string | undefined;

/** The accounts at social providers that a user signs in with. */
export function UserIdentities({ user }: { user: User }) {
  const t = userPhrases.use();
  const provider = useProviders();
  const linked = useItem(listUserAllIdentities, { params: { userId: user.id } });
  const unlink = useChange(deleteUserIdentity);
  const [shown, setShown] = useState<Linked>();
  const [doomed, setDoomed] = useState<Linked>();
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
            <Menu.Item color="red" onClick={() => setDoomed(identity)}>
              {t('identities.unlink')}
            </Menu.Item>
          </>
        )}
        columns={[
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
            width: '45%',
            wide: true,
            cell: ({ identity: { details } }) => (
              <NameCell
                name={textOf(details, ['name', 'nickname', 'username']) ?? t('none')}
                detail={textOf(details, ['email', 'phone'])}
              />
            ),
          },
        ]}
        empty={{ icon: IconLink, title: t('identities.emptyTitle'), detail: t('identities.emptyDetail') }}
      />
      <Dialog
        isOpen={shown !== undefined}
        onClose={() => setShown(undefined)}
        title={shown ? provider(shown.target).name : ''}
        size={640}
      >
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

import { listApplications, listUsers } from '@aldaba/contract/routes';
import { Modal, VisuallyHidden } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { createSpotlight, Spotlight } from '@mantine/spotlight';
import '@mantine/spotlight/styles.layer.css';
import { IconApps, IconSearch, IconUser } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { apiOf } from '../api/client.ts';
import { useIsInboxUsed } from '../api/inbox.ts';
import { contactOfUser, nameOfUser } from '../api/user-names.ts';
import { navigation } from './navigation.ts';
import classes from './palette.module.css';
import { shellPhrases } from './phrases.ts';

const [store, spotlight] = createSpotlight();

interface PaletteProps {
  tenant: string;
  isOpen: boolean;
  onClose: () => void;
}

/** The command palette: pages by name, applications and users by the API's search. */
export default function Palette({ tenant, isOpen, onClose }: PaletteProps) {
  const t = shellPhrases.use();
  const navigate = useNavigate();
  const [query, setQuery] = useState('');
  useEffect(() => (isOpen ? spotlight.open() : spotlight.close()), [isOpen]);
  const { found, isSearching } = useFound(tenant, query.trim());
  const isInboxUsed = useIsInboxUsed(tenant);
  const pages = navigation
    .flatMap((group) => group.pages)
    .filter(({ isForInbox }) => !isForInbox || isInboxUsed)
    .map((page) => ({ ...page, label: t(`pages.${page.name}`) }))
    .filter(({ label }) => label.toLowerCase().includes(query.trim().toLowerCase()));
  const go = (path: string) => navigate({ to: `/t/$tenant/${path}` as '/t/$tenant', params: { tenant } });
  const isEmpty = pages.length + found.applications.length + found.users.length === 0;
  return (
    <Spotlight.Root
      store={store}
      query={query}
      onQueryChange={setQuery}
      onSpotlightClose={onClose}
      shortcut={null}
      clearQueryOnClose
      scrollable
      maxHeight={420}
      classNames={{ actionsGroup: classes.group ?? '', actionBody: classes.body ?? '' }}
    >
      <VisuallyHidden>
        <Modal.Title>{t('search.placeholder')}</Modal.Title>
      </VisuallyHidden>
      <Spotlight.Search
        placeholder={t('search.placeholder')}
        aria-label={t('search.placeholder')}
        leftSection={<IconSearch size={18} stroke={1.5} />}
      />
      <Spotlight.ActionsList>
        {pages.length > 0 && (
          <Spotlight.ActionsGroup label={t('search.pages')}>
            {pages.map(({ label, path, icon: Icon }) => (
              <Spotlight.Action
                key={path}
                label={label}
                leftSection={<Icon size={18} stroke={1.5} />}
                onClick={() => go(path)}
              />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {found.applications.length > 0 && (
          <Spotlight.ActionsGroup label={t('search.applications')}>
            {found.applications.map(({ id, name }) => (
              <Spotlight.Action
                key={id}
                label={name}
                description={id}
                leftSection={<IconApps size={18} stroke={1.5} />}
                onClick={() => go(`applications/${id}`)}
              />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {found.users.length > 0 && (
          <Spotlight.ActionsGroup label={t('search.users')}>
            {found.users.map((user) => (
              <Spotlight.Action
                key={user.id}
                label={nameOfUser(user)}
                description={contactOfUser(user) ?? user.id}
                leftSection={<IconUser size={18} stroke={1.5} />}
                onClick={() => go(`users/${user.id}`)}
              />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {isEmpty && (
          <Spotlight.Empty>{isSearching ? t('search.searching') : t('search.nothing', { query })}</Spotlight.Empty>
        )}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}

/** Applications and users that the words fit, from the second character on. */
function useFound(tenant: string, query: string) {
  const [words] = useDebouncedValue(query, 150);
  const { data, isFetching } = useQuery({
    queryKey: [tenant, 'palette', words],
    enabled: words.length > 1,
    queryFn: async () => {
      const search = { query: { search: `%${words}%` }, pageSize: 5 };
      const [applications, users] = await Promise.all([
        apiOf(tenant).list(listApplications, search),
        apiOf(tenant).list(listUsers, search),
      ]);
      return { applications: applications.items, users: users.items };
    },
  });
  return { found: data ?? { applications: [], users: [] }, isSearching: isFetching || words !== query };
}

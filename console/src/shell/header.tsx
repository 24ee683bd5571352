import { ActionIcon, Badge, Kbd, Tooltip, UnstyledButton } from '@mantine/core';
import { useHotkeys, useOs } from '@mantine/hooks';
import { IconBook2, IconMenu2, IconSearch } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import type { Administrator } from '../session/session.ts';
import { settings } from '../settings.ts';
import { AccountMenu } from './account-menu.tsx';
import classes from './header.module.css';
import { Mark } from './mark.tsx';
import { shellPhrases } from './phrases.ts';

const Palette = lazy(() => import('./palette.tsx'));
// On its own for the schemas of the API that it loads.
const TenantSwitcher = lazy(() => import('./tenant-switcher.tsx'));

interface HeaderProps {
  administrator: Administrator;
  tenant: string;
  onOpenNavigation: () => void;
}

export function Header({ administrator, tenant, onOpenNavigation }: HeaderProps) {
  const t = shellPhrases.use();
  return (
    <div className={classes.header}>
      <ActionIcon
        className={classes.tool ?? ''}
        variant="subtle"
        color="gray"
        size={36}
        hiddenFrom="sm"
        aria-label={t('openNavigation')}
        onClick={onOpenNavigation}
      >
        <IconMenu2 size={18} stroke={1.5} />
      </ActionIcon>
      <Mark />
      <Suspense>
        <TenantSwitcher tenant={tenant} />
      </Suspense>
      {isDevelopment && (
        <Badge variant="light" color="gray" radius={6} visibleFrom="sm" tt="none" fw={500}>
          {t('development')}
        </Badge>
      )}
      <div className={classes.space} />
      <SearchButton tenant={tenant} />
      <Tooltip label={t('apiReference')}>
        <ActionIcon
          component="a"
          href={`${settings.endpoint}/api/reference`}
          target="_blank"
          rel="noreferrer"
          variant="subtle"
          color="gray"
          size={36}
          visibleFrom="sm"
          aria-label={t('apiReference')}
        >
          <IconBook2 size={18} stroke={1.5} />
        </ActionIcon>
      </Tooltip>
      <AccountMenu administrator={administrator} />
    </div>
  );
}

/** An address that other people cannot reach under a certificate. */
const isDevelopment = !settings.endpoint.startsWith('https://');

function SearchButton({ tenant }: { tenant: string }) {
  const t = shellPhrases.use();
  const os = useOs();
  const [isOpen, setOpen] = useState(false);
  const [isLoaded, setLoaded] = useState(false);
  const open = () => {
    setLoaded(true);
    setOpen(true);
  };
  useHotkeys([['mod+K', open]], []);
  return (
    <>
      <UnstyledButton className={classes.search} onClick={open}>
        <IconSearch size={16} stroke={1.5} aria-hidden />
        <span className={classes.label}>{t('search.open')}</span>
        <Kbd size="xs" className={classes.keys ?? ''} aria-hidden>
          {os === 'macos' ? '⌘K' : 'Ctrl K'}
        </Kbd>
      </UnstyledButton>
      {isLoaded && (
        <Suspense>
          <Palette tenant={tenant} isOpen={isOpen} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}

import { Menu, UnstyledButton } from '@mantine/core';
import { IconCheck, IconSelector } from '@tabler/icons-react';
import type { Administrator } from '../session/session.ts';
import { consoleUrl } from '../settings.ts';
import { shellPhrases } from './phrases.ts';
import classes from './tenant-switcher.module.css';

/** The tenant in the address, and the others that the administrator may manage. */
export function TenantSwitcher({ administrator, tenant }: { administrator: Administrator; tenant: string }) {
  const t = shellPhrases.use();
  const tenants = [...new Set([tenant, ...administrator.tenants])];
  if (tenants.length === 1) return <span className={classes.name}>{tenant}</span>;
  return (
    <Menu position="bottom-start" width={220}>
      <Menu.Target>
        <UnstyledButton className={classes.button} aria-label={`${t('tenant')}: ${tenant}`}>
          <span className={classes.name}>{tenant}</span>
          <IconSelector size={16} stroke={1.5} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {tenants.map((id) => (
          // A whole load: tokens and caches are those of one tenant.
          <Menu.Item
            key={id}
            component="a"
            href={`${consoleUrl}/t/${id}`}
            rightSection={id === tenant ? <IconCheck size={16} stroke={1.5} /> : null}
          >
            {id}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

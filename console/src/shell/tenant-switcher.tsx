import { listManagedTenants } from '@aldaba/contract/routes';
import { Menu, UnstyledButton } from '@mantine/core';
import { IconCheck, IconSelector } from '@tabler/icons-react';
import { useItem } from '../api/queries.ts';
import { consoleUrl } from '../settings.ts';
import { shellPhrases } from './phrases.ts';
import classes from './tenant-switcher.module.css';

/** The tenant in the address, and the others that the administrator may manage. */
export default function TenantSwitcher({ tenant }: { tenant: string }) {
  const t = shellPhrases.use();
  const { data: tenants = [], isPending } = useItem(listManagedTenants);
  if (isPending) return null;
  const name = tenants.find(({ id }) => id === tenant)?.name ?? tenant;
  if (tenants.length < 2) return <span className={classes.name}>{name}</span>;
  return (
    <Menu position="bottom-start" width={240}>
      <Menu.Target>
        <UnstyledButton className={classes.button}>
          <span className={classes.name}>{name}</span>
          <IconSelector size={16} stroke={1.5} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('tenant')}</Menu.Label>
        {tenants.map((each) => (
          // A whole load: tokens and caches are those of one tenant.
          <Menu.Item
            key={each.id}
            component="a"
            href={`${consoleUrl}/t/${each.id}`}
            aria-current={each.id === tenant || undefined}
            rightSection={each.id === tenant ? <IconCheck size={16} stroke={1.5} /> : null}
          >
            {each.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

import {
  Avatar,
  type MantineColorScheme,
  Menu,
  SegmentedControl,
  Text,
  UnstyledButton,
  useMantineColorScheme,
} from '@mantine/core';
import { IconCheck, IconLogout } from '@tabler/icons-react';
import { chooseLanguage, type Language, languages } from '../language/language.ts';
import { useLanguage } from '../language/phrases.ts';
import { type Administrator, signOut } from '../session/session.ts';
import classes from './account-menu.module.css';
import { shellPhrases } from './phrases.ts';

export function AccountMenu({ administrator }: { administrator: Administrator }) {
  const t = shellPhrases.use();
  const language = useLanguage();
  return (
    <Menu position="bottom-end" width={240} closeOnItemClick={false}>
      <Menu.Target>
        <UnstyledButton className={classes.button} aria-label={t('account', { name: administrator.name })}>
          <Picture name={administrator.name} url={administrator.picture} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={classes.person}>
          <Text fw={500} truncate>
            {administrator.name}
          </Text>
          {administrator.email && (
            <Text fz="sm" c="dimmed" truncate>
              {administrator.email}
            </Text>
          )}
        </div>
        <Menu.Divider />
        <Menu.Label>{t('theme')}</Menu.Label>
        <ThemeChoice />
        <Menu.Label>{t('language')}</Menu.Label>
        {Object.entries(languages).map(([code, name]) => (
          <Menu.Item
            key={code}
            lang={code}
            aria-current={code === language || undefined}
            rightSection={code === language ? <IconCheck size={16} stroke={1.5} /> : null}
            onClick={() => chooseLanguage(code as Language)}
          >
            {name}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} stroke={1.5} />} onClick={() => void signOut()}>
          {t('signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** The style sheet draws the initials, so that the button's name does not contain them. */
function Picture({ name, url }: { name: string; url: string | undefined }) {
  const initials = name
    .split(/\s+/, 2)
    .map((word) => [...word][0]?.toUpperCase() ?? '')
    .join('');
  return (
    <Avatar src={url ?? null} size={28} color="indigo" alt="">
      <span className={classes.initials} data-initials={initials} />
    </Avatar>
  );
}

function ThemeChoice() {
  const t = shellPhrases.use();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <SegmentedControl
      fullWidth
      size="xs"
      mx="xs"
      mb={4}
      aria-label={t('theme')}
      value={colorScheme}
      onChange={(value) => setColorScheme(value as MantineColorScheme)}
      data={[
        { value: 'light', label: t('light') },
        { value: 'dark', label: t('dark') },
        { value: 'auto', label: t('system') },
      ]}
    />
  );
}

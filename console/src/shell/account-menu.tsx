import { Avatar, type MantineColorScheme, Menu, Text, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import { IconExternalLink, IconLogout, IconUserCircle } from '@tabler/icons-react';
import { chooseLanguage, type Language, languages } from '../language/language.ts';
import { useLanguage } from '../language/phrases.ts';
import { type Administrator, signOut } from '../session/session.ts';
import { ownAccountUrl } from '../settings.ts';
import classes from './account-menu.module.css';
import { shellPhrases } from './phrases.ts';

export function AccountMenu({ administrator }: { administrator: Administrator }) {
  const t = shellPhrases.use();
  const language = useLanguage();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
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
        <Choice
          label={t('theme')}
          value={colorScheme}
          onChange={(value) => setColorScheme(value as MantineColorScheme)}
          options={[
            { value: 'light', name: t('light') },
            { value: 'dark', name: t('dark') },
            { value: 'auto', name: t('system') },
          ]}
        />
        <Choice
          label={t('language')}
          value={language}
          onChange={(value) => chooseLanguage(value as Language)}
          options={Object.entries(languages).map(([value, name]) => ({ value, name, lang: value }))}
        />
        <Menu.Divider />
        <Menu.Item
          component="a"
          href={ownAccountUrl}
          target="_blank"
          leftSection={<IconUserCircle size={16} stroke={1.5} />}
          rightSection={<IconExternalLink size={14} stroke={1.5} />}
        >
          {t('ownAccount')}
        </Menu.Item>
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

interface ChoiceProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  options: readonly { value: string; name: string; lang?: string }[];
}

/** One of several, chosen in the menu, which stays open. */
function Choice({ label, value, onChange, options }: ChoiceProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a menu must not have a fieldset as a child.
    <div role="group" aria-label={label}>
      <Menu.Label>{label}</Menu.Label>
      <Menu.RadioGroup value={value} onChange={onChange}>
        {options.map(({ name, ...option }) => (
          <Menu.RadioItem key={option.value} {...option}>
            {name}
          </Menu.RadioItem>
        ))}
      </Menu.RadioGroup>
    </div>
  );
}

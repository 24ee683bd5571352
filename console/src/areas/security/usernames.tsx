import { findUsernameConflicts } from '@aldaba/contract/routes';
import { Anchor, Checkbox, Group, Stack, Switch } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useItem, useTenant } from '../../api/queries.ts';
import { FormSection } from '../../patterns/form.tsx';
import { Notice } from '../../patterns/notice.tsx';
import type { Form } from '../../patterns/use-form.ts';
import { WholeNumber } from '../../patterns/whole-number.tsx';
import { securityPhrases } from './phrases.ts';
import { characterKinds, limits, type Values } from './values.ts';

/** What users may choose as a username. */
export function Usernames({ form }: { form: Form<Values> }) {
  const t = securityPhrases.use();
  const number = (path: keyof typeof limits) => ({ limits: limits[path], ...form.input(path) });
  const { allowedChars, caseSensitive } = form.values.usernamePolicy;
  const { error } = form.input('usernamePolicy.allowedChars');
  return (
    <FormSection title={t('usernames.title')} description={t('usernames.detail')}>
      <Group gap={20} align="flex-start">
        <WholeNumber label={t('passwords.min')} {...number('usernamePolicy.minLength')} />
        <WholeNumber label={t('passwords.max')} {...number('usernamePolicy.maxLength')} />
      </Group>
      <Checkbox.Group
        label={t('usernames.allowed')}
        description={t('usernames.allowedHelp')}
        error={error}
        tabIndex={-1}
        data-path="usernamePolicy.allowedChars"
        value={characterKinds.filter((kind) => allowedChars[kind])}
        onChange={(chosen) =>
          form.set(
            'usernamePolicy.allowedChars',
            Object.fromEntries(characterKinds.map((kind) => [kind, chosen.includes(kind)])) as typeof allowedChars,
          )
        }
      >
        <Group gap="8px 24px" my={8}>
          {characterKinds.map((kind) => (
            <Checkbox key={kind} value={kind} label={t(`usernames.${kind}`)} />
          ))}
        </Group>
      </Checkbox.Group>
      <Stack gap={12}>
        <Switch
          label={t('usernames.caseSensitive')}
          description={t('usernames.caseSensitiveHelp')}
          {...form.input('usernamePolicy.caseSensitive', { type: 'checkbox' })}
        />
        {!caseSensitive && <Conflicts />}
      </Stack>
    </FormSection>
  );
}

const shown = 10;

/** Usernames that differ in case alone: they have to be changed before case can be ignored. */
function Conflicts() {
  const t = securityPhrases.use();
  const tenant = useTenant();
  const { data } = useItem(findUsernameConflicts, { query: { limit: shown } });
  if (!data || data.totalConflicts === 0) return null;
  return (
    <Notice
      tone="warning"
      sign={<IconAlertTriangle size={18} stroke={1.5} aria-hidden />}
      title={t('usernames.conflicts', { count: data.totalConflicts })}
    >
      {t('usernames.conflictsHelp')}{' '}
      {data.samples.map(({ usernameLower }, place) => (
        <span key={usernameLower}>
          {place > 0 && ', '}
          <Anchor
            fz="inherit"
            underline="always"
            renderRoot={(props) => (
              <Link to="/t/$tenant/users" params={{ tenant }} search={{ q: usernameLower } as never} {...props} />
            )}
          >
            {usernameLower}
          </Anchor>
        </span>
      ))}
    </Notice>
  );
}

import type { AccessControl } from '@aldaba/contract';
import { ActionIcon, Button, Input } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { organizations, organizationUserRoles } from '../../api/choices.ts';
import { MultiPicker, Picker } from '../../patterns/picker.tsx';
import classes from './access.module.css';
import { applicationPhrases } from './phrases.ts';

type Rule = AccessControl['organizationRoleRules'][number];

interface OrganizationRoleRulesProps {
  /** What `form.input` gives. */
  value?: readonly Rule[];
  onChange?: (rules: Rule[]) => void;
  error?: ReactNode;
  'data-path'?: string;
}

/** Members of an organization that have one of some roles in it: a row for each organization. */
export function OrganizationRoleRules({ value: rules = [], onChange, error, ...rest }: OrganizationRoleRulesProps) {
  const t = applicationPhrases.use();
  const change = (place: number, part: Partial<Rule>) =>
    onChange?.(rules.map((rule, at) => (at === place ? { ...rule, ...part } : rule)));
  return (
    <Input.Wrapper label={t('access.organizationRoles')} error={error} labelElement="div">
      {rules.map(({ organizationId, organizationRoleIds }, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows differ by their place alone.
        <fieldset key={place} className={classes.rule} aria-label={t('access.rule', { number: String(place + 1) })}>
          <Picker
            label={t('access.organization')}
            source={organizations}
            value={organizationId}
            onChange={(id) => change(place, { organizationId: id })}
            {...(place === 0 && rest)}
          />
          <MultiPicker
            label={t('access.rolesInIt')}
            source={organizationUserRoles}
            value={organizationRoleIds}
            onChange={(ids) => change(place, { organizationRoleIds: ids })}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            size={36}
            aria-label={t('access.removeRule', { number: String(place + 1) })}
            onClick={() => onChange?.(rules.filter((_, at) => at !== place))}
          >
            <IconTrash size={16} stroke={1.5} />
          </ActionIcon>
        </fieldset>
      ))}
      <Button
        variant="subtle"
        size="compact-sm"
        mt={8}
        leftSection={<IconPlus size={16} stroke={1.5} />}
        onClick={() => onChange?.([...rules, { organizationId: '', organizationRoleIds: [] }])}
      >
        {t('access.addRule')}
      </Button>
    </Input.Wrapper>
  );
}

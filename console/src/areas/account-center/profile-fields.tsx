import type { ProfileField } from '@aldaba/contract';
import { listProfileFields } from '@aldaba/contract/routes';
import { Anchor, Button, Menu, Skeleton, Stack, Switch, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useItem, useTenant } from '../../api/queries.ts';
import { Changing } from '../../patterns/changing.tsx';
import { FormSection } from '../../patterns/form.tsx';
import { ReorderList } from '../../patterns/reorder-list.tsx';
import type { Form } from '../../patterns/use-form.ts';
import { accountCenterPhrases } from './phrases.ts';
import type { Values } from './values.ts';

const labelOf = ({ label, name }: Pick<ProfileField, 'label' | 'name'>): string => label || name;

/** The custom fields that the profile shows: all of them, or some in an order of their own. */
export function ProfileFields({ form }: { form: Form<Values> }) {
  const t = accountCenterPhrases.use();
  const { data: fields } = useItem(listProfileFields);
  return (
    <FormSection title={t('profileFields.title')} description={t('profileFields.detail')}>
      {!fields ? <Skeleton height={56} /> : fields.length === 0 ? <NoFields /> : <Choice fields={fields} form={form} />}
    </FormSection>
  );
}

function NoFields() {
  const t = accountCenterPhrases.use();
  const tenant = useTenant();
  return (
    <Text fz="sm" c="dimmed">
      {t('profileFields.none')}{' '}
      <Anchor
        fz="inherit"
        underline="always"
        renderRoot={(props) => (
          <Link to="/t/$tenant/sign-in-experience/$tab" params={{ tenant, tab: 'profile' }} {...props} />
        )}
      >
        {t('profileFields.create')}
      </Anchor>
    </Text>
  );
}

function Choice({ fields, form }: { fields: readonly ProfileField[]; form: Form<Values> }) {
  const t = accountCenterPhrases.use();
  const { profileFields } = form.values;
  const show = (shown: readonly { name: string }[] | null) =>
    form.set('profileFields', shown?.map(({ name }) => ({ name })) ?? null);
  const nameOf = ({ name }: { name: string }) =>
    labelOf(fields.find((field) => field.name === name) ?? { name, label: '' });
  const others = fields.filter(({ name }) => !profileFields?.some((shown) => shown.name === name));
  return (
    <>
      <Switch
        label={t('profileFields.all')}
        description={t('profileFields.allHelp')}
        checked={profileFields === null}
        onChange={({ currentTarget }) => show(currentTarget.checked ? null : fields)}
      />
      {profileFields && (
        <Stack gap={8} align="stretch">
          <ReorderList
            label={t('profileFields.title')}
            items={profileFields}
            idOf={({ name }) => name}
            nameOf={nameOf}
            onChange={show}
          >
            {(field) => nameOf(field)}
          </ReorderList>
          {profileFields.length === 0 && (
            <Text fz="sm" c="dimmed">
              {t('profileFields.nothing')}
            </Text>
          )}
          {others.length > 0 && (
            <Changing>
              <Menu position="bottom-start">
                <Menu.Target>
                  <Button
                    variant="default"
                    size="xs"
                    leftSection={<IconPlus size={16} stroke={1.5} />}
                    style={{ alignSelf: 'flex-start' }}
                  >
                    {t('profileFields.add')}
                  </Button>
                </Menu.Target>
                <Menu.Dropdown>
                  {others.map((field) => (
                    <Menu.Item key={field.name} onClick={() => show([...profileFields, field])}>
                      {labelOf(field)}
                    </Menu.Item>
                  ))}
                </Menu.Dropdown>
              </Menu>
            </Changing>
          )}
        </Stack>
      )}
    </>
  );
}

import { createApplication } from '@aldaba/contract/routes';
import { Radio, Stack, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useChange, useTenant } from '../../api/queries.ts';
import { CreateDialog } from '../../patterns/form.tsx';
import { patternPhrases } from '../../patterns/phrases.ts';
import { useForm } from '../../patterns/use-form.ts';
import classes from './create.module.css';
import { applicationPhrases } from './phrases.ts';

const types = ['Traditional', 'SPA', 'Native', 'MachineToMachine'] as const;
interface Draft extends Record<string, unknown> {
  name: string;
  type: (typeof types)[number];
}
const empty: Draft = { name: '', type: 'Traditional' };

/** Creates an application without a framework's guide, and leads to its page. */
export function CreateApplication({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const t = applicationPhrases.use();
  const words = patternPhrases.use();
  const tenant = useTenant();
  const navigate = useNavigate();
  const create = useChange(createApplication);
  const form = useForm<Draft>({
    values: empty,
    validate: ({ name }) => ({ name: name.trim() ? undefined : words('form.required') }),
    save: async ({ name, type }) => {
      const { id } = await create.mutateAsync({ body: { name: name.trim(), type } });
      await navigate({ to: '/t/$tenant/applications/$id/$tab', params: { tenant, id, tab: 'settings' } });
    },
  });
  return (
    <CreateDialog
      isOpen={isOpen}
      onClose={onClose}
      title={t('create')}
      submitLabel={t('create')}
      form={form}
      onCreated={onClose}
    >
      <TextInput
        label={t('fields.name')}
        placeholder={t('fields.namePlaceholder')}
        required
        withAsterisk={false}
        data-autofocus
        {...form.input('name')}
      />
      <Radio.Group label={t('fields.type')} {...form.input('type')}>
        <Stack gap={8} mt={4}>
          {types.map((type) => (
            <Radio.Card key={type} value={type} className={classes.card ?? ''}>
              <Radio.Indicator />
              <span>
                <span className={classes.name}>{t(`types.${type}`)}</span>
                <span className={classes.help}>{t(`typeHelp.${type}`)}</span>
              </span>
            </Radio.Card>
          ))}
        </Stack>
      </Radio.Group>
    </CreateDialog>
  );
}

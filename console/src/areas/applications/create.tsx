import { createApplication } from '@aldaba/contract/routes';
import { Radio, Stack, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useChange, useTenant } from '../../api/queries.ts';
import { CreateDialog } from '../../patterns/form.tsx';
import { patternPhrases } from '../../patterns/phrases.ts';
import { useForm } from '../../patterns/use-form.ts';
import type { GuideCard } from '../guides/catalog.ts';
import { rememberCreated } from '../guides/created.ts';
import classes from './create.module.css';
import { applicationPhrases } from './phrases.ts';

const types = ['Traditional', 'SPA', 'Native', 'MachineToMachine'] as const;
interface Draft extends Record<string, unknown> {
  name: string;
  type: (typeof types)[number];
}
const empty: Draft = { name: '', type: 'Traditional' };

interface CreateApplicationProps {
  /** Decides the type; without it the type is asked for. */
  guide: GuideCard | undefined;
  isOpen: boolean;
  onClose: () => void;
}

/** Names and creates an application, and leads to its guide, or to its settings if it was created without one. */
export function CreateApplication({ guide, isOpen, onClose }: CreateApplicationProps) {
  const t = applicationPhrases.use();
  const words = patternPhrases.use();
  const tenant = useTenant();
  const navigate = useNavigate();
  const create = useChange(createApplication);
  const form = useForm<Draft>({
    values: empty,
    validate: ({ name }) => ({ name: name.trim() ? undefined : words('form.required') }),
    save: async ({ name, type }) => {
      const { id } = await create.mutateAsync({ body: { name: name.trim(), ...kindOf(guide, type) } });
      rememberCreated(id);
      await navigate({
        to: '/t/$tenant/applications/$id/$tab',
        params: { tenant, id, tab: guide ? 'guide' : 'settings' },
        search: guide ? { guide: guide.name } : {},
      });
    },
  });
  return (
    <CreateDialog
      isOpen={isOpen}
      onClose={onClose}
      title={guide ? t('createWith', { guide: guide.title }) : t('create')}
      submitLabel={t('create')}
      form={form}
    >
      <TextInput
        label={t('fields.name')}
        placeholder={t('fields.namePlaceholder')}
        required
        withAsterisk={false}
        data-autofocus
        {...form.input('name')}
      />
      {!guide && <TypeChoice {...form.input('type')} />}
    </CreateDialog>
  );
}

const kindOf = (guide: GuideCard | undefined, type: Draft['type']) =>
  guide?.type ? { type: guide.type, isThirdParty: guide.category === 'third-party' } : { type };

function TypeChoice(input: object) {
  const t = applicationPhrases.use();
  return (
    <Radio.Group label={t('fields.type')} {...input}>
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
  );
}

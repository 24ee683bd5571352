import type { ProfileField, ProfileFieldDraft, ProfileFieldType } from '@aldaba/contract';
import { createProfileField, updateProfileField } from '@aldaba/contract/routes';
import { Checkbox, Group, Select, TextInput } from '@mantine/core';
import type { FieldsByCode } from '../../api/errors.ts';
import { useChange } from '../../api/queries.ts';
import { CreateDialog } from '../../patterns/form.tsx';
import { patternPhrases } from '../../patterns/phrases.ts';
import { TextListInput } from '../../patterns/text-list-input.tsx';
import { type Form, useForm } from '../../patterns/use-form.ts';
import { experiencePhrases } from './phrases.ts';

const types = ['Text', 'Number', 'Date', 'Checkbox', 'Select', 'Url', 'Regex', 'Address', 'Fullname'] as const;
const parts = {
  Address: ['streetAddress', 'locality', 'region', 'postalCode', 'country'],
  Fullname: ['givenName', 'middleName', 'familyName'],
} as const satisfies Partial<Record<ProfileFieldType, readonly string[]>>;

const fieldsByCode: FieldsByCode = {
  'custom_profile_fields.name_required': 'name',
  'custom_profile_fields.invalid_name': 'name',
  'custom_profile_fields.name_exists': 'name',
  'custom_profile_fields.name_conflict_built_in_prop': 'name',
  'custom_profile_fields.name_conflict_custom_data': 'name',
  'custom_profile_fields.name_conflict_sign_in_identifier': 'name',
  'custom_profile_fields.invalid_options': 'options',
  'custom_profile_fields.invalid_regex_format': 'format',
  'custom_profile_fields.invalid_address_components': 'parts',
  'custom_profile_fields.invalid_fullname_components': 'parts',
};

const valuesOf = (field: ProfileField | undefined) => ({
  label: field?.label ?? '',
  name: field?.name ?? '',
  type: field?.type ?? ('Text' as ProfileFieldType),
  description: field?.description ?? '',
  required: field?.required ?? true,
  options: (field?.config.options ?? []).map(({ value }) => value),
  format: field?.config.format ?? '',
  parts: (field?.config.parts ?? []).flatMap(({ name, enabled }) => (enabled ? [name] : [])),
});
type FieldValues = ReturnType<typeof valuesOf>;

/** The API's field. Labels of options, the order and settings of parts, and limits that only the API sets, stay. */
function draftOf(values: FieldValues, field: ProfileField | undefined): ProfileFieldDraft {
  const { label, name, type, description, required, options, format, parts: enabled } = values;
  const old = field?.config ?? {};
  const config = {
    Select: {
      options: options.filter(Boolean).map((value) => old.options?.find((each) => each.value === value) ?? { value }),
    },
    Regex: { format },
    Address: { parts: partsOf('Address', enabled, field) },
    Fullname: { parts: partsOf('Fullname', enabled, field) },
  }[type as string];
  return { label, name, type, description: description || null, required, config: { ...old, ...config } };
}

function partsOf(type: keyof typeof parts, enabled: readonly string[], field: ProfileField | undefined) {
  const kept = (field?.type === type && field.config.parts) || [];
  const added = parts[type]
    .filter((name) => kept.every((part) => part.name !== name))
    .map((name) => ({ name, type: 'Text' as const, required: false }));
  return [...kept, ...added].map((part) => ({ ...part, enabled: enabled.includes(part.name) }));
}

interface ProfileFieldDialogProps {
  /** Undefined: a new field. */
  field: ProfileField | undefined;
  onClose: () => void;
}

/** Creates or changes a profile field. */
export function ProfileFieldDialog({ field, onClose }: ProfileFieldDialogProps) {
  const t = experiencePhrases.use();
  const words = patternPhrases.use();
  const also = ['/api/sign-in-exp'];
  const create = useChange(createProfileField, { also });
  const update = useChange(updateProfileField, { also });
  const form = useForm<FieldValues>({
    values: valuesOf(field),
    fieldsByCode,
    validate: ({ label, name }) => ({
      label: label.trim() ? undefined : words('form.required'),
      name: name.trim() ? undefined : words('form.required'),
    }),
    save: (values) => {
      const { name, ...body } = draftOf(values, field);
      return field ? update.mutateAsync({ params: { name }, body }) : create.mutateAsync({ body: { name, ...body } });
    },
  });
  const title = field ? t('profile.edit') : t('profile.add');
  return (
    <CreateDialog isOpen onClose={onClose} title={title} submitLabel={field ? words('form.save') : title} form={form}>
      <TextInput
        label={t('profile.label')}
        description={t('profile.labelHelp')}
        data-autofocus
        {...form.input('label')}
      />
      <TextInput
        label={t('profile.name')}
        description={t('profile.nameHelp')}
        disabled={field !== undefined}
        {...form.input('name')}
      />
      <Select
        label={t('profile.type')}
        allowDeselect={false}
        data={types.map((value) => ({ value, label: t(`profile.types.${value}`) }))}
        {...form.input('type')}
      />
      <Config form={form} />
      <TextInput label={`${t('profile.help')} (${words('form.optional')})`} {...form.input('description')} />
      <Checkbox label={t('profile.required')} {...form.input('required', { type: 'checkbox' })} />
    </CreateDialog>
  );
}

/** What a type needs besides its name. */
function Config({ form }: { form: Form<FieldValues> }) {
  const t = experiencePhrases.use();
  const { type } = form.values;
  if (type === 'Select') return <TextListInput label={t('profile.options')} {...form.input('options')} />;
  if (type === 'Regex')
    return <TextInput label={t('profile.format')} placeholder="[A-Z]{2}[0-9]{6}" {...form.input('format')} />;
  if (type !== 'Address' && type !== 'Fullname') return null;
  return (
    <Checkbox.Group label={t('profile.parts')} {...form.input('parts')}>
      <Group gap="8px 24px" mt={8}>
        {parts[type].map((part) => (
          <Checkbox key={part} value={part} label={t(`profile.partNames.${part}`)} />
        ))}
      </Group>
    </Checkbox.Group>
  );
}

import type { BodyOf } from '@aldaba/contract';
import type { createConnector } from '@aldaba/contract/routes';
import { Switch, Text, TextInput } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { CopyField } from '../../patterns/copy.tsx';
import { FormSection } from '../../patterns/form.tsx';
import { Notice } from '../../patterns/notice.tsx';
import { patternPhrases } from '../../patterns/phrases.ts';
import { type Form, useForm } from '../../patterns/use-form.ts';
import { ConfigFields } from './config-fields.tsx';
import { configOf, type FormItem, itemsOf, problemsOf, refusalOfConfig, type Values, valuesOf } from './config-form.ts';
import type { ConfiguredConnector, Kind } from './kinds.ts';
import { connectorPhrases } from './phrases.ts';

type Draft = Omit<BodyOf<typeof createConnector>, 'connectorId' | 'id'>;

/** Fields of a connector besides those of its configuration, by the names of the API. */
function ownValues(kind: Kind, connector: ConfiguredConnector | undefined): Values {
  const { name, logo, logoDark } = (connector?.metadata ?? {}) as NonNullable<Draft['metadata']>;
  return {
    ...(kind.type === 'Social' && {
      syncProfile: connector?.syncProfile ?? false,
      emailDomains: connector?.emailDomains.join(', ') ?? '',
    }),
    ...(kind.isTokenStorageSupported && { enableTokenStorage: connector?.enableTokenStorage ?? false }),
    ...(kind.isStandard && { name: name?.en ?? '', logo: logo ?? '', logoDark: logoDark ?? '' }),
    ...(kind.isStandard && !connector && { target: '' }),
  };
}

function draftOf(kind: Kind, values: Values, connector: ConfiguredConnector | undefined): Omit<Draft, 'config'> {
  const metadata = (connector?.metadata ?? {}) as NonNullable<Draft['metadata']>;
  const text = (field: string) => String(values[field] ?? '').trim();
  return {
    ...(kind.type === 'Social' && {
      syncProfile: values['syncProfile'] === true,
      emailDomains: text('emailDomains')
        .toLowerCase()
        .split(/[\s,]+/)
        .filter(Boolean),
    }),
    ...(kind.isTokenStorageSupported && { enableTokenStorage: values['enableTokenStorage'] === true }),
    ...(kind.isStandard && {
      metadata: {
        ...(connector ? {} : { target: text('target') }),
        name: { ...metadata.name, en: text('name') },
        ...(text('logo') && { logo: text('logo') }),
        ...(text('logoDark') && { logoDark: text('logoDark') }),
      },
    }),
  };
}

export interface ConnectorForm extends Form<Values> {
  kind: Kind;
  /** Undefined while it is being added. */
  connector: ConfiguredConnector | undefined;
  items: readonly FormItem[];
  /** The configuration as it would be saved. */
  config: () => Record<string, unknown>;
}

/**
 * The form of a connector.
 * @param connector undefined while it is being added
 * @param save stores what the form says
 */
export function useConnectorForm(
  kind: Kind,
  connector: ConfiguredConnector | undefined,
  save: (draft: Draft) => Promise<unknown>,
): ConnectorForm {
  const t = connectorPhrases.use();
  const words = patternPhrases.use();
  const items = itemsOf(kind, t('fields.document'));
  const values = { ...ownValues(kind, connector), ...valuesOf(items, connector?.config) };
  const config = (current: Values) => configOf(items, current, connector?.config);
  const form = useForm<Values>({
    values,
    validate: (current) => ({
      ...problemsOf(items, current, {
        required: words('form.required'),
        json: (problem) => t('fields.invalidJson', { problem }),
      }),
      ...(kind.isStandard && !String(current['name']).trim() && { name: words('form.required') }),
      ...('target' in current && !String(current['target']).trim() && { target: words('form.required') }),
    }),
    save: (current) => save({ ...draftOf(kind, current, connector), config: config(current) }),
    fieldsByCode: {
      'connector.multiple_target_with_same_platform': 'target',
      'connector.can_not_modify_target': 'target',
    },
    readRefusal: (error) => refusalOfConfig(error, items, (problem) => t('fields.refused', { problem })),
  });
  return { ...form, kind, connector, items, config: () => config(form.values) };
}

/** Every field of a connector. @param redirectUri undefined where the provider needs none */
export function ConnectorFields({ form, redirectUri }: { form: ConnectorForm; redirectUri: string | undefined }) {
  const t = connectorPhrases.use();
  const optional = ` (${patternPhrases.use()('form.optional')})`;
  const { kind, items } = form;
  return (
    <>
      {kind.isStandard && <Appearance form={form} />}
      <FormSection title={t('sections.config')} description={t(`sections.configHelp.${kind.type}`)}>
        {redirectUri && (
          <div>
            <CopyField label={t('fields.redirectUri')} name={t('fields.redirectUri')} value={redirectUri} />
            <Text fz="xs" c="dimmed" mt={4}>
              {t('fields.redirectUriHelp')}
            </Text>
          </div>
        )}
        <ConfigFields items={items} form={form} />
      </FormSection>
      {kind.type === 'Social' && (
        <FormSection title={t('sections.profile')}>
          <Switch
            label={t('fields.syncProfile')}
            description={t('fields.syncProfileHelp')}
            {...form.input('syncProfile', { type: 'checkbox' })}
          />
          <TextInput
            label={t('fields.emailDomains') + optional}
            description={t('fields.emailDomainsHelp')}
            placeholder="example.com, example.org"
            spellCheck={false}
            {...form.input('emailDomains')}
          />
          {kind.isTokenStorageSupported && <TokenStorage form={form} />}
        </FormSection>
      )}
    </>
  );
}

function TokenStorage({ form }: { form: ConnectorForm }) {
  const t = connectorPhrases.use();
  const isTurnedOff = form.connector?.enableTokenStorage && form.values['enableTokenStorage'] !== true;
  return (
    <>
      <Switch
        label={t('fields.enableTokenStorage')}
        description={t('fields.enableTokenStorageHelp')}
        {...form.input('enableTokenStorage', { type: 'checkbox' })}
      />
      {isTurnedOff && (
        <Notice tone="warning" sign={<IconAlertTriangle size={18} stroke={1.5} aria-hidden />}>
          {t('fields.tokensAreDeleted')}
        </Notice>
      )}
    </>
  );
}

function Appearance({ form }: { form: ConnectorForm }) {
  const t = connectorPhrases.use();
  const words = patternPhrases.use();
  const optional = ` (${words('form.optional')})`;
  return (
    <FormSection title={t('sections.appearance')} description={t('sections.appearanceHelp')}>
      <TextInput
        label={t('fields.name')}
        description={t('fields.nameHelp')}
        placeholder="Acme ID"
        {...form.input('name')}
      />
      {'target' in form.values && (
        <TextInput
          label={t('fields.target')}
          description={t('fields.targetHelp')}
          placeholder="acme"
          spellCheck={false}
          {...form.input('target')}
        />
      )}
      <TextInput
        label={t('fields.logo') + optional}
        description={t('fields.logoHelp')}
        placeholder="https://example.com/logo.svg"
        {...form.input('logo')}
      />
      <TextInput
        label={t('fields.logoDark') + optional}
        placeholder="https://example.com/logo-dark.svg"
        {...form.input('logoDark')}
      />
    </FormSection>
  );
}

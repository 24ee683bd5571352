import type { Application } from '@aldaba/contract';
import { NumberInput, Select, Switch, TextInput } from '@mantine/core';
import { FormSection } from '../../patterns/form.tsx';
import type { Form } from '../../patterns/use-form.ts';
import { applicationPhrases } from './phrases.ts';
import { signingAlgorithms, type TokenValues } from './token-values.ts';

/** What an application without settings of its own gets: seconds for ID tokens, days for refresh tokens. */
const usual = { idTokenTtl: 3600, refreshTokenTtlInDays: 14 };

interface TokenSettingsProps<Values> {
  application: Application;
  form: Form<Values>;
}

/** Lifetimes and form of tokens, and where sign-outs are announced. */
export function TokenSettings<Values extends TokenValues>({ application, form }: TokenSettingsProps<Values>) {
  const t = applicationPhrases.use();
  return (
    <>
      <FormSection title={t('tokens.idTokens')} description={t('tokens.idTokensDetail')}>
        <NumberInput
          label={t('tokens.idTokenTtl')}
          placeholder={String(usual.idTokenTtl)}
          min={1}
          max={31_536_000}
          allowDecimal={false}
          {...form.input('idTokenTtl')}
        />
        <Select
          label={t('tokens.algorithm')}
          allowDeselect={false}
          data={[
            { value: '', label: t('tokens.asTenant') },
            ...signingAlgorithms.map((value) => ({ value, label: value })),
          ]}
          {...form.input('idTokenSignedResponseAlg')}
        />
        <Select
          label={t('tokens.claims')}
          description={t('tokens.claimsHelp')}
          allowDeselect={false}
          data={[
            { value: 'standard', label: t('tokens.claimsStandard') },
            { value: 'logto', label: t('tokens.claimsLogto') },
          ]}
          {...form.input('claims')}
        />
      </FormSection>
      <RefreshTokens application={application} form={form} />
      <FormSection title={t('tokens.backchannel')} description={t('tokens.backchannelDetail')}>
        <TextInput
          type="url"
          label={t('tokens.backchannelLogoutUri')}
          placeholder="https://shop.example.com/backchannel-logout"
          {...form.input('backchannelLogoutUri')}
        />
      </FormSection>
    </>
  );
}

function RefreshTokens<Values extends TokenValues>({ application, form }: TokenSettingsProps<Values>) {
  const t = applicationPhrases.use();
  const { type, isThirdParty, customClientMetadata: custom } = application;
  const isPublic = type === 'Native' || type === 'SPA';
  // An older setting in seconds counts as long as there is none in days.
  const days = custom.refreshTokenTtl ? custom.refreshTokenTtl / 86_400 : usual.refreshTokenTtlInDays;
  return (
    <FormSection title={t('tokens.refreshTokens')} description={t('tokens.detail')}>
      <NumberInput
        label={t('tokens.refreshTokenTtlInDays')}
        placeholder={String(days)}
        min={1}
        max={180}
        allowDecimal={false}
        {...form.input('refreshTokenTtlInDays')}
      />
      <Switch
        label={t('tokens.rotateRefreshToken')}
        description={t(isPublic ? 'tokens.rotateRefreshTokenHelp' : 'tokens.rotateLateHelp')}
        {...form.input('rotateRefreshToken', { type: 'checkbox' })}
      />
      {form.values.rotateRefreshToken && (
        <NumberInput
          label={t('tokens.gracePeriod')}
          description={t('tokens.gracePeriodHelp')}
          placeholder={t('tokens.asTenant')}
          min={0}
          max={60}
          allowDecimal={false}
          {...form.input('refreshTokenGracePeriod')}
        />
      )}
      <Switch
        label={t('tokens.alwaysIssueRefreshToken')}
        description={t('tokens.alwaysIssueRefreshTokenHelp')}
        {...form.input('alwaysIssueRefreshToken', { type: 'checkbox' })}
      />
      <NumberInput
        label={t('tokens.maxAllowedGrants')}
        description={t('tokens.maxAllowedGrantsHelp')}
        placeholder={t('tokens.unlimited')}
        min={1}
        max={1000}
        allowDecimal={false}
        {...form.input('maxAllowedGrants')}
      />
      {!isThirdParty && <TokenExchange form={form} />}
    </FormSection>
  );
}

/** Third-party applications cannot exchange tokens, whatever they have here. */
export function TokenExchange<Values extends TokenValues>({ form }: { form: Form<Values> }) {
  const t = applicationPhrases.use();
  return (
    <Switch
      label={t('tokens.allowTokenExchange')}
      description={t('tokens.allowTokenExchangeHelp')}
      {...form.input('allowTokenExchange', { type: 'checkbox' })}
    />
  );
}

import type { Application } from '@aldaba/contract';
import { NumberInput, Switch, TextInput } from '@mantine/core';
import { FormSection } from '../../patterns/form.tsx';
import type { Form } from '../../patterns/use-form.ts';
import { applicationPhrases } from './phrases.ts';

/** What an application without settings of its own gets: seconds for ID tokens, days for refresh tokens. */
const usual = { idTokenTtl: 3600, refreshTokenTtlInDays: 14 };

/** Numbers are empty where the application has none of its own. */
export interface TokenValues {
  idTokenTtl: number | string;
  refreshTokenTtlInDays: number | string;
  rotateRefreshToken: boolean;
  alwaysIssueRefreshToken: boolean;
  backchannelLogoutUri: string;
  backchannelLogoutSessionRequired: boolean;
}

export const tokenValues = ({ customClientMetadata: custom, oidcClientMetadata: oidc }: Application): TokenValues => ({
  idTokenTtl: custom.idTokenTtl ?? '',
  refreshTokenTtlInDays: custom.refreshTokenTtlInDays ?? '',
  rotateRefreshToken: custom.rotateRefreshToken ?? true,
  alwaysIssueRefreshToken: custom.alwaysIssueRefreshToken ?? false,
  backchannelLogoutUri: oidc.backchannelLogoutUri ?? '',
  backchannelLogoutSessionRequired: oidc.backchannelLogoutSessionRequired ?? false,
});

/** The members of `customClientMetadata`, which the server replaces whole: what is not in this form stays. */
export function tokenMetadata({ customClientMetadata: custom }: Application, values: TokenValues) {
  const { idTokenTtl: _id, refreshTokenTtlInDays: _days, ...kept } = custom;
  return {
    ...kept,
    ...(values.idTokenTtl !== '' && { idTokenTtl: Number(values.idTokenTtl) }),
    ...(values.refreshTokenTtlInDays !== '' && { refreshTokenTtlInDays: Number(values.refreshTokenTtlInDays) }),
    rotateRefreshToken: values.rotateRefreshToken,
    alwaysIssueRefreshToken: values.alwaysIssueRefreshToken,
  };
}

/** Lifetimes of tokens, and where sign-outs are announced. */
export function TokenSettings<Values extends TokenValues>({ form }: { form: Form<Values> }) {
  const t = applicationPhrases.use();
  return (
    <>
      <FormSection title={t('tokens.title')} description={t('tokens.detail')}>
        <NumberInput
          label={t('tokens.idTokenTtl')}
          placeholder={String(usual.idTokenTtl)}
          min={1}
          max={31_536_000}
          allowDecimal={false}
          {...form.input('idTokenTtl')}
        />
        <NumberInput
          label={t('tokens.refreshTokenTtlInDays')}
          placeholder={String(usual.refreshTokenTtlInDays)}
          min={1}
          max={180}
          allowDecimal={false}
          {...form.input('refreshTokenTtlInDays')}
        />
        <Switch
          label={t('tokens.rotateRefreshToken')}
          description={t('tokens.rotateRefreshTokenHelp')}
          {...form.input('rotateRefreshToken', { type: 'checkbox' })}
        />
        <Switch
          label={t('tokens.alwaysIssueRefreshToken')}
          description={t('tokens.alwaysIssueRefreshTokenHelp')}
          {...form.input('alwaysIssueRefreshToken', { type: 'checkbox' })}
        />
      </FormSection>
      <FormSection title={t('tokens.backchannel')} description={t('tokens.backchannelDetail')}>
        <TextInput
          type="url"
          label={t('tokens.backchannelLogoutUri')}
          placeholder="https://shop.example.com/backchannel-logout"
          {...form.input('backchannelLogoutUri')}
        />
        <Switch
          label={t('tokens.backchannelLogoutSessionRequired')}
          {...form.input('backchannelLogoutSessionRequired', { type: 'checkbox' })}
        />
      </FormSection>
    </>
  );
}

import type { CaptchaConfig } from '@aldaba/contract';
import type { BodyFrom } from '@aldaba/contract/client';
import {
  getCaptchaProvider,
  getSignInExperience,
  putCaptchaProvider,
  updateSignInExperience,
} from '@aldaba/contract/routes';
import { PasswordInput, Select, Switch, TextInput } from '@mantine/core';
import { useChange, useItem, useItemIfSet } from '../../api/queries.ts';
import { FormSection, SettingsForm } from '../../patterns/form.tsx';
import { patternPhrases } from '../../patterns/phrases.ts';
import { type Form, useForm } from '../../patterns/use-form.ts';
import { ErrorPage } from '../../shell/error-pages.tsx';
import { securityPhrases } from './phrases.ts';

type Config = BodyFrom<typeof getCaptchaProvider>['config'];
type Values = ReturnType<typeof valuesOf>;

const types = ['ProofOfWork', 'Turnstile', 'RecaptchaEnterprise'] as const;
const modes = ['invisible', 'checkbox'] as const;
const domains = ['www.google.com', 'www.recaptcha.net'] as const;

const recaptchaOf = (config: Config | undefined) => (config?.type === 'RecaptchaEnterprise' ? config : undefined);

/** The form of a stored provider. The secret is never returned: its field is empty, and keeps it that way. */
const valuesOf = (config: Config | undefined, enabled: boolean) => ({
  enabled,
  type: config?.type ?? ('ProofOfWork' as CaptchaConfig['type']),
  siteKey: config && config.type !== 'ProofOfWork' ? config.siteKey : '',
  secretKey: '',
  projectId: recaptchaOf(config)?.projectId ?? '',
  mode: recaptchaOf(config)?.mode ?? ('invisible' as (typeof modes)[number]),
  domain: (recaptchaOf(config)?.domain ?? 'www.google.com') as string,
});

const configOf = (values: Values): CaptchaConfig => {
  const { type, siteKey, projectId, mode } = values;
  const secretKey = values.secretKey.trim() || undefined;
  const domain = values.domain as 'www.google.com';
  if (type === 'ProofOfWork') return { type };
  const keys = { siteKey: siteKey.trim(), secretKey };
  return type === 'Turnstile' ? { type, ...keys } : { type, ...keys, projectId: projectId.trim(), mode, domain };
};

/** Whether the server has the secret of the site key in the form. */
const hasSecret = ({ type, siteKey }: Values, saved: Values): boolean =>
  saved.type === type && saved.siteKey !== '' && saved.siteKey === siteKey.trim();

/** The captcha of a tenant: whether it is asked for, and who checks it. */
export function CaptchaForm() {
  const provider = useItemIfSet(getCaptchaProvider);
  const experience = useItem(getSignInExperience);
  const failed = [provider, experience].find(({ error, data }) => error && data === undefined);
  if (failed?.error) return <ErrorPage error={failed.error} reset={() => void failed.refetch()} />;
  if (provider.data === undefined || !experience.data) return null;
  return <Captcha config={provider.data?.config} enabled={experience.data.captchaPolicy.enabled === true} />;
}

function Captcha({ config, enabled }: { config: Config | undefined; enabled: boolean }) {
  const t = securityPhrases.use();
  const words = patternPhrases.use();
  const put = useChange(putCaptchaProvider);
  const update = useChange(updateSignInExperience);
  const saved = valuesOf(config, enabled);
  const form: Form<Values> = useForm<Values>({
    values: saved,
    validate: (values) => {
      if (values.type === 'ProofOfWork') return {};
      const required = (value: string) => (value.trim() === '' ? words('form.required') : undefined);
      return {
        siteKey: required(values.siteKey),
        secretKey: hasSecret(values, saved) ? undefined : required(values.secretKey),
        projectId: values.type === 'RecaptchaEnterprise' ? required(values.projectId) : undefined,
      };
    },
    save: async (values) => {
      const { enabled: isEnabled, ...provider } = values;
      const { enabled: wasEnabled, ...before } = saved;
      if (!config || JSON.stringify(provider) !== JSON.stringify(before))
        await put.mutateAsync({ body: { config: configOf(values) } });
      if (isEnabled !== wasEnabled) await update.mutateAsync({ body: { captchaPolicy: { enabled: isEnabled } } });
      form.set('secretKey', '');
    },
  });
  const { type } = form.values;
  return (
    <SettingsForm form={form}>
      <FormSection title={t('captcha.title')} description={t('captcha.detail')}>
        <Switch
          label={t('captcha.enabled')}
          description={t('captcha.enabledHelp')}
          checked={form.values.enabled}
          onChange={({ currentTarget }) => form.set('enabled', currentTarget.checked)}
        />
        <Select
          label={t('captcha.provider')}
          description={t(`captcha.types.${type}.help`)}
          allowDeselect={false}
          data={types.map((value) => ({ value, label: t(`captcha.types.${value}.name`) }))}
          {...form.input('type')}
        />
        {type !== 'ProofOfWork' && <Keys form={form} saved={saved} />}
      </FormSection>
    </SettingsForm>
  );
}

function Keys({ form, saved }: { form: Form<Values>; saved: Values }) {
  const t = securityPhrases.use();
  const isRecaptcha = form.values.type === 'RecaptchaEnterprise';
  const field = { autoComplete: 'off', spellCheck: false };
  return (
    <>
      <TextInput label={t('captcha.siteKey')} {...field} {...form.input('siteKey')} />
      {isRecaptcha && <TextInput label={t('captcha.projectId')} {...field} {...form.input('projectId')} />}
      <PasswordInput
        label={t(isRecaptcha ? 'captcha.apiKey' : 'captcha.secretKey')}
        description={hasSecret(form.values, saved) ? t('captcha.kept') : undefined}
        {...form.input('secretKey')}
        autoComplete="new-password"
      />
      {isRecaptcha && (
        <>
          <Select
            label={t('captcha.mode')}
            description={t('captcha.modeHelp')}
            allowDeselect={false}
            data={modes.map((value) => ({ value, label: t(`captcha.modes.${value}`) }))}
            {...form.input('mode')}
          />
          <Select
            label={t('captcha.domain')}
            description={t('captcha.domainHelp')}
            allowDeselect={false}
            data={[...new Set([...domains, form.values.domain])]}
            {...form.input('domain')}
          />
        </>
      )}
    </>
  );
}

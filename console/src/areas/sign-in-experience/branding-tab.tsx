import { Select, Switch, TextInput } from '@mantine/core';
import { BrandColor } from '../../patterns/brand-color.tsx';
import { CodeEditor } from '../../patterns/code-editor.tsx';
import { FormSection } from '../../patterns/form.tsx';
import { ImageField } from '../../patterns/image-field.tsx';
import { patternPhrases } from '../../patterns/phrases.ts';
import { CustomUi } from './custom-ui.tsx';
import { experiencePhrases } from './phrases.ts';
import { useSettings } from './settings.tsx';

/** How the pages look, and the documents that they link to. */
export function BrandingTab() {
  const t = experiencePhrases.use();
  return (
    <>
      <FormSection title={t('logos.title')} description={t('logos.detail')}>
        <Logos />
      </FormSection>
      <FormSection title={t('colors.title')} description={t('colors.detail')}>
        <Colors />
      </FormSection>
      <FormSection title={t('terms.title')} description={t('terms.detail')}>
        <Terms />
      </FormSection>
      <FormSection title={t('support.title')} description={t('support.detail')}>
        <Support />
      </FormSection>
      <FormSection title={t('css.title')} description={t('css.detail')}>
        <Css />
      </FormSection>
      <FormSection title={t('ui.title')} description={t('ui.detail')}>
        <CustomUi />
      </FormSection>
    </>
  );
}

function Logos() {
  const t = experiencePhrases.use();
  const { form } = useSettings();
  const hasDark = form.values.color.isDarkModeEnabled;
  return (
    <>
      <ImageField label={t('logos.logoUrl')} tone="light" {...form.input('branding.logoUrl')} />
      {hasDark && <ImageField label={t('logos.darkLogoUrl')} tone="dark" {...form.input('branding.darkLogoUrl')} />}
      <ImageField label={t('logos.favicon')} tone="light" {...form.input('branding.favicon')} />
      {hasDark && <ImageField label={t('logos.darkFavicon')} tone="dark" {...form.input('branding.darkFavicon')} />}
    </>
  );
}

function Colors() {
  const t = experiencePhrases.use();
  const { form } = useSettings();
  const { color } = form.values;
  return (
    <>
      <BrandColor label={t('colors.primaryColor')} tone="light" {...form.input('color.primaryColor')} />
      <Switch
        label={t('colors.dark')}
        description={t('colors.darkHelp')}
        checked={color.isDarkModeEnabled}
        onChange={({ currentTarget }) => form.set('color', { ...color, isDarkModeEnabled: currentTarget.checked })}
      />
      {color.isDarkModeEnabled && (
        <BrandColor label={t('colors.darkPrimaryColor')} tone="dark" {...form.input('color.darkPrimaryColor')} />
      )}
      <Switch
        label={t('colors.hide')}
        description={t('colors.hideHelp')}
        {...form.input('hideLogtoBranding', { type: 'checkbox' })}
      />
    </>
  );
}

interface LinkInputProps {
  name: 'termsOfUseUrl' | 'privacyPolicyUrl' | 'supportEmail' | 'supportWebsiteUrl' | 'unknownSessionRedirectUrl';
  label: string;
  description?: string;
  placeholder: string;
  type?: 'url' | 'email';
}

/** An address that pages link to, if the tenant has one. */
function LinkInput({ name, label, type = 'url', ...texts }: LinkInputProps) {
  const words = patternPhrases.use();
  const { form } = useSettings();
  return <TextInput type={type} label={`${label} (${words('form.optional')})`} {...texts} {...form.input(name)} />;
}

const policies = ['Automatic', 'ManualRegistrationOnly', 'Manual'] as const;

function Terms() {
  const t = experiencePhrases.use();
  const { form } = useSettings();
  return (
    <>
      <LinkInput name="termsOfUseUrl" label={t('terms.terms')} placeholder="https://example.com/terms" />
      <LinkInput name="privacyPolicyUrl" label={t('terms.privacy')} placeholder="https://example.com/privacy" />
      <Select
        label={t('terms.policy')}
        allowDeselect={false}
        data={policies.map((value) => ({ value, label: t(`terms.policies.${value}`) }))}
        {...form.input('agreeToTermsPolicy')}
      />
    </>
  );
}

function Support() {
  const t = experiencePhrases.use();
  return (
    <>
      <LinkInput name="supportEmail" label={t('support.supportEmail')} type="email" placeholder="help@example.com" />
      <LinkInput
        name="supportWebsiteUrl"
        label={t('support.supportWebsiteUrl')}
        placeholder="https://example.com/help"
      />
      <LinkInput
        name="unknownSessionRedirectUrl"
        label={t('support.unknownSessionRedirectUrl')}
        description={t('support.unknownSessionRedirectUrlHelp')}
        placeholder="https://example.com"
      />
    </>
  );
}

function Css() {
  const t = experiencePhrases.use();
  const { form } = useSettings();
  return (
    <CodeEditor
      label={t('css.label')}
      language="css"
      value={form.values.customCss}
      onChange={(css) => form.set('customCss', css)}
      error={form.input('customCss').error}
    />
  );
}

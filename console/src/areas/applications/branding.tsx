import type { Application, ApplicationExperience, SignInExperience } from '@aldaba/contract';
import {
  getApplicationSignInExperience,
  getSignInExperience,
  replaceApplicationSignInExperience,
} from '@aldaba/contract/routes';
import { Select, TextInput } from '@mantine/core';
import { useChange, useItem, useItemIfSet } from '../../api/queries.ts';
import { BrandColor } from '../../patterns/brand-color.tsx';
import { brandProblems } from '../../patterns/brand-problems.ts';
import { CodeEditor } from '../../patterns/code-editor.tsx';
import { FormSection, SettingsForm } from '../../patterns/form.tsx';
import { ImageField } from '../../patterns/image-field.tsx';
import { patternPhrases } from '../../patterns/phrases.ts';
import { type Form, useForm } from '../../patterns/use-form.ts';
import { ErrorPage } from '../../shell/error-pages.tsx';
import { PendingPage } from '../../shell/pending-page.tsx';
import { type BrandingValues, type Look, lookOf, unsetLook, valuesOf } from './branding-values.ts';
import { applicationPhrases } from './phrases.ts';

/** How the application looks on the sign-in and consent pages, where that differs from the tenant. */
export function ApplicationBranding({ application: { id: applicationId } }: { application: Application }) {
  const { data, error, refetch } = useItemIfSet(getApplicationSignInExperience, { params: { applicationId } });
  const tenant = useItem(getSignInExperience);
  const look: Look | undefined = data === null ? unsetLook : data;
  if (look && tenant.data) return <BrandingForm applicationId={applicationId} look={look} tenant={tenant.data} />;
  const failed = look ? tenant : { error, refetch };
  return failed.error ? <ErrorPage error={failed.error} reset={() => void failed.refetch()} /> : <PendingPage />;
}

interface BrandingFormProps {
  applicationId: ApplicationExperience['applicationId'];
  look: Look;
  /** What pages show where the application has nothing of its own. */
  tenant: SignInExperience;
}

function BrandingForm({ applicationId, look, tenant }: BrandingFormProps) {
  const t = applicationPhrases.use();
  const words = patternPhrases.use();
  const replace = useChange(replaceApplicationSignInExperience);
  const { link, image, hex } = brandProblems(words);
  const color = (text: string) => (text === '' ? undefined : hex(text));
  const form = useForm<BrandingValues>({
    values: valuesOf(look),
    validate: (values) => ({
      logoUrl: image(values.logoUrl),
      darkLogoUrl: image(values.darkLogoUrl),
      favicon: image(values.favicon),
      darkFavicon: image(values.darkFavicon),
      primaryColor: color(values.primaryColor),
      darkPrimaryColor: color(values.darkPrimaryColor),
      termsOfUseUrl: link(values.termsOfUseUrl),
      privacyPolicyUrl: link(values.privacyPolicyUrl),
    }),
    save: (values) => replace.mutateAsync({ params: { applicationId }, body: lookOf(values) }),
  });
  return (
    <SettingsForm form={form}>
      <FormSection title={t('branding.title')} description={t('branding.detail')}>
        <TextInput
          label={t('branding.displayName')}
          description={t('branding.displayNameHelp')}
          {...form.input('displayName')}
        />
      </FormSection>
      <Logos form={form} tenant={tenant} />
      <Colors form={form} tenant={tenant} />
      <FormSection title={t('branding.legal')} description={t('branding.legalDetail')}>
        <TextInput
          type="url"
          label={t('branding.termsOfUseUrl')}
          placeholder={tenant.termsOfUseUrl ?? ''}
          description={form.values.termsOfUseUrl === '' && t('branding.ofTenant')}
          {...form.input('termsOfUseUrl')}
        />
        <TextInput
          type="url"
          label={t('branding.privacyPolicyUrl')}
          placeholder={tenant.privacyPolicyUrl ?? ''}
          description={form.values.privacyPolicyUrl === '' && t('branding.ofTenant')}
          {...form.input('privacyPolicyUrl')}
        />
      </FormSection>
      <FormSection title={t('branding.css')} description={t('branding.cssDetail')}>
        <CodeEditor
          label={t('branding.cssLabel')}
          description={form.values.customCss === '' && t(tenant.customCss ? 'branding.cssOfTenant' : 'branding.noCss')}
          language="css"
          value={form.values.customCss}
          onChange={(css) => form.set('customCss', css)}
          error={form.input('customCss').error}
        />
      </FormSection>
    </SettingsForm>
  );
}

interface PartProps {
  form: Form<BrandingValues>;
  tenant: SignInExperience;
}

function Logos({ form, tenant: { branding } }: PartProps) {
  const t = applicationPhrases.use();
  const fallback = (url: string | undefined) => ({ url, words: t(url ? 'branding.ofTenant' : 'branding.noImage') });
  return (
    <FormSection title={t('branding.logos')} description={t('branding.logosDetail')}>
      <ImageField
        label={t('branding.logoUrl')}
        tone="light"
        fallback={fallback(branding.logoUrl)}
        {...form.input('logoUrl')}
      />
      <ImageField
        label={t('branding.darkLogoUrl')}
        tone="dark"
        fallback={fallback(branding.darkLogoUrl)}
        {...form.input('darkLogoUrl')}
      />
      <ImageField
        label={t('branding.favicon')}
        tone="light"
        fallback={fallback(branding.favicon)}
        {...form.input('favicon')}
      />
      <ImageField
        label={t('branding.darkFavicon')}
        tone="dark"
        fallback={fallback(branding.darkFavicon)}
        {...form.input('darkFavicon')}
      />
    </FormSection>
  );
}

function Colors({ form, tenant: { color } }: PartProps) {
  const t = applicationPhrases.use();
  const { primaryColor, darkPrimaryColor, darkMode } = form.values;
  const hasDark = darkMode === 'tenant' ? color.isDarkModeEnabled : darkMode === 'on';
  return (
    <FormSection title={t('branding.colors')} description={t('branding.colorsDetail')}>
      <BrandColor
        label={t('branding.primaryColor')}
        tone="light"
        placeholder={color.primaryColor}
        description={primaryColor === '' && t('branding.ofTenant')}
        {...form.input('primaryColor')}
      />
      <Select
        label={t('branding.darkMode')}
        allowDeselect={false}
        data={[
          {
            value: 'tenant',
            label: t(color.isDarkModeEnabled ? 'branding.darkAsTenantOn' : 'branding.darkAsTenantOff'),
          },
          { value: 'on', label: t('branding.darkOn') },
          { value: 'off', label: t('branding.darkOff') },
        ]}
        {...form.input('darkMode')}
      />
      {hasDark && (
        <BrandColor
          label={t('branding.darkPrimaryColor')}
          tone="dark"
          placeholder={color.darkPrimaryColor}
          description={darkPrimaryColor === '' && t('branding.ofTenant')}
          {...form.input('darkPrimaryColor')}
        />
      )}
    </FormSection>
  );
}

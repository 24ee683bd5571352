import type { Application, ApplicationExperience } from '@aldaba/contract';
import { getApplicationSignInExperience, replaceApplicationSignInExperience } from '@aldaba/contract/routes';
import { ColorInput, TextInput } from '@mantine/core';
import { useChange, useItem } from '../../api/queries.ts';
import { FormSection, SettingsForm } from '../../patterns/form.tsx';
import { useForm } from '../../patterns/use-form.ts';
import { ErrorPage } from '../../shell/error-pages.tsx';
import { PendingPage } from '../../shell/pending-page.tsx';
import { applicationPhrases } from './phrases.ts';

type Look = Pick<ApplicationExperience, 'color' | 'branding' | 'displayName' | 'termsOfUseUrl' | 'privacyPolicyUrl'>;

const unset: Look = { color: {}, branding: {}, displayName: null, termsOfUseUrl: null, privacyPolicyUrl: null };

/** How the application looks on the sign-in and consent pages, where that differs from the tenant. */
export function ApplicationBranding({ application: { id: applicationId } }: { application: Application }) {
  const { data, error, refetch } = useItem(getApplicationSignInExperience, { params: { applicationId } });
  // Until something is set there is nothing to get.
  const look = data ?? (error?.status === 404 ? unset : undefined);
  if (look) return <BrandingForm applicationId={applicationId} look={look} />;
  return error ? <ErrorPage error={error} reset={() => void refetch()} /> : <PendingPage />;
}

/** Fields by the last part of the API's path. */
const valuesOf = ({ color, branding, displayName, termsOfUseUrl, privacyPolicyUrl }: Look) => ({
  displayName: displayName ?? '',
  logoUrl: branding.logoUrl ?? '',
  darkLogoUrl: branding.darkLogoUrl ?? '',
  primaryColor: color.primaryColor ?? '',
  darkPrimaryColor: color.darkPrimaryColor ?? '',
  termsOfUseUrl: termsOfUseUrl ?? '',
  privacyPolicyUrl: privacyPolicyUrl ?? '',
});

/** The members that are filled in: an empty one is left to the tenant. */
const filled = <Part extends object>(part: Part, values: Record<string, string>): Part => {
  const kept = Object.fromEntries(Object.entries(part).filter(([name]) => !(name in values)));
  return { ...kept, ...Object.fromEntries(Object.entries(values).filter(([, value]) => value !== '')) } as Part;
};

function BrandingForm({ applicationId, look }: { applicationId: string; look: Look }) {
  const t = applicationPhrases.use();
  const replace = useChange(replaceApplicationSignInExperience);
  const form = useForm({
    values: valuesOf(look),
    save: ({ displayName, logoUrl, darkLogoUrl, primaryColor, darkPrimaryColor, termsOfUseUrl, privacyPolicyUrl }) =>
      replace.mutateAsync({
        params: { applicationId },
        body: {
          displayName: displayName.trim() || null,
          branding: filled(look.branding, { logoUrl, darkLogoUrl }),
          color: filled(look.color, { primaryColor, darkPrimaryColor }),
          termsOfUseUrl: termsOfUseUrl || null,
          privacyPolicyUrl: privacyPolicyUrl || null,
        },
      }),
  });
  return (
    <SettingsForm form={form}>
      <FormSection title={t('branding.title')} description={t('branding.detail')}>
        <TextInput
          label={t('branding.displayName')}
          description={t('branding.displayNameHelp')}
          {...form.input('displayName')}
        />
        <TextInput type="url" label={t('branding.logoUrl')} {...form.input('logoUrl')} />
        <TextInput type="url" label={t('branding.darkLogoUrl')} {...form.input('darkLogoUrl')} />
        <ColorInput withEyeDropper={false} label={t('branding.primaryColor')} {...form.input('primaryColor')} />
        <ColorInput withEyeDropper={false} label={t('branding.darkPrimaryColor')} {...form.input('darkPrimaryColor')} />
      </FormSection>
      <FormSection title={t('branding.legal')} description={t('branding.legalDetail')}>
        <TextInput type="url" label={t('branding.termsOfUseUrl')} {...form.input('termsOfUseUrl')} />
        <TextInput type="url" label={t('branding.privacyPolicyUrl')} {...form.input('privacyPolicyUrl')} />
      </FormSection>
    </SettingsForm>
  );
}

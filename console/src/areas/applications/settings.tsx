import type { Application } from '@aldaba/contract';
import { deleteApplication, updateApplication } from '@aldaba/contract/routes';
import { Stack, Textarea, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useChange, useTenant } from '../../api/queries.ts';
import { CopyField, SecretField } from '../../patterns/copy.tsx';
import { DangerZone } from '../../patterns/danger-zone.tsx';
import { FormSection, SettingsForm } from '../../patterns/form.tsx';
import { patternPhrases } from '../../patterns/phrases.ts';
import { TextListInput } from '../../patterns/text-list-input.tsx';
import { type Form, useForm } from '../../patterns/use-form.ts';
import { baseUrlOf } from '../../settings.ts';
import { isOrigin, uriProblem } from './addresses.ts';
import { applicationPhrases } from './phrases.ts';
import { TokenExchange, TokenSettings } from './token-settings.tsx';
import { tokenMetadata, tokenValues } from './token-values.ts';

/** Fields by the path that the API knows them by, so that its refusals find them. */
const valuesOf = (application: Application) => ({
  name: application.name,
  description: application.description ?? '',
  redirectUris: [...application.oidcClientMetadata.redirectUris],
  postLogoutRedirectUris: [...application.oidcClientMetadata.postLogoutRedirectUris],
  corsAllowedOrigins: [...(application.customClientMetadata.corsAllowedOrigins ?? [])],
  ...tokenValues(application),
});

export function ApplicationSettings({ application }: { application: Application }) {
  const t = applicationPhrases.use();
  const words = patternPhrases.use();
  const tenant = useTenant();
  const navigate = useNavigate();
  const update = useChange(updateApplication);
  const remove = useChange(deleteApplication);
  const params = { id: application.id };
  const isMachine = application.type === 'MachineToMachine';
  const form = useForm({
    values: valuesOf(application),
    validate: ({ name }) => ({ name: name.trim() ? undefined : words('form.required') }),
    save: ({ name, description, redirectUris, postLogoutRedirectUris, corsAllowedOrigins, ...tokens }) =>
      update.mutateAsync({
        params,
        body: {
          name: name.trim(),
          description: description || null,
          oidcClientMetadata: {
            redirectUris: redirectUris.filter(Boolean),
            postLogoutRedirectUris: postLogoutRedirectUris.filter(Boolean),
            ...(!isMachine && { backchannelLogoutUri: tokens.backchannelLogoutUri }),
          },
          customClientMetadata: {
            ...(isMachine
              ? { ...application.customClientMetadata, allowTokenExchange: tokens.allowTokenExchange }
              : tokenMetadata(application, tokens)),
            corsAllowedOrigins: corsAllowedOrigins.filter(Boolean),
          },
        },
      }),
    fieldsByCode: { 'oidc.signing_key_missing': 'idTokenSignedResponseAlg' },
  });
  const deleteAndLeave = async () => {
    await remove.mutateAsync({ params });
    await navigate({ to: '/t/$tenant/applications', params: { tenant } });
  };
  return (
    <>
      <SettingsForm form={form}>
        <FormSection title={t('sections.credentials')} description={t('sections.credentialsDetail')} isReference>
          <Stack gap={16}>
            <CopyField label={t('issuer')} name={t('issuer')} value={`${baseUrlOf(tenant)}/oidc`} />
            <CopyField label={t('appId')} name={t('appId')} value={application.id} />
            {application.secret && <SecretField label={t('secret')} name={t('secret')} value={application.secret} />}
          </Stack>
        </FormSection>
        <FormSection title={t('sections.general')}>
          <TextInput label={t('fields.name')} {...form.input('name')} />
          <Textarea
            label={`${t('fields.description')} (${words('form.optional')})`}
            autosize
            minRows={2}
            {...form.input('description')}
          />
        </FormSection>
        {isMachine ? (
          <FormSection title={t('tokens.title')}>
            <TokenExchange form={form} />
          </FormSection>
        ) : (
          <>
            <Addresses application={application} form={form} />
            <TokenSettings application={application} form={form} />
          </>
        )}
      </SettingsForm>
      <DangerZone
        title={t('delete')}
        detail={t('deleteDetail')}
        actionLabel={t('delete')}
        name={application.name}
        action={deleteAndLeave}
      />
    </>
  );
}

type SettingsValues = ReturnType<typeof valuesOf>;

interface AddressesProps {
  application: Application;
  form: Form<SettingsValues>;
}

function Addresses({ application: { type }, form }: AddressesProps) {
  const t = applicationPhrases.use();
  const uri = (entry: string) => {
    const problem = uriProblem(entry, type);
    return problem && t(`fields.${problem}`);
  };
  const origin = (entry: string) => (isOrigin(entry) ? undefined : t('fields.invalidOrigin'));
  return (
    <FormSection title={t('sections.addresses')} description={t('sections.addressesDetail')}>
      <TextListInput
        label={t('fields.redirectUris')}
        description={t('fields.redirectUrisHelp')}
        placeholder="https://shop.example.com/callback"
        problemOf={uri}
        {...form.input('redirectUris')}
      />
      <TextListInput
        label={t('fields.postLogoutRedirectUris')}
        description={t('fields.postLogoutRedirectUrisHelp')}
        placeholder="https://shop.example.com/"
        problemOf={uri}
        {...form.input('postLogoutRedirectUris')}
      />
      <TextListInput
        label={t('fields.corsAllowedOrigins')}
        description={t('fields.corsAllowedOriginsHelp')}
        placeholder="https://shop.example.com"
        problemOf={origin}
        {...form.input('corsAllowedOrigins')}
      />
    </FormSection>
  );
}

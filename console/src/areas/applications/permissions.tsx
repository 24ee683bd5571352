import type { Application, ConsentScopes, ConsentScopeType } from '@aldaba/contract';
import {
  consentUserScopeSchema,
  createApplicationUserConsentScope,
  deleteApplicationUserConsentScope,
  listApplicationUserConsentScopes,
} from '@aldaba/contract/routes';
import { Checkbox, Stack } from '@mantine/core';
import { organizationScopes } from '../../api/choices.ts';
import { useChange, useItem } from '../../api/queries.ts';
import { FormSection, SettingsForm } from '../../patterns/form.tsx';
import { MultiPicker } from '../../patterns/picker.tsx';
import { useForm } from '../../patterns/use-form.ts';
import { ErrorPage } from '../../shell/error-pages.tsx';
import { PendingPage } from '../../shell/pending-page.tsx';
import { applicationPhrases } from './phrases.ts';
import { ordered, ResourceScopes, type ScopesByApi } from './resource-scopes.tsx';
import { userScopes } from './user-scopes.ts';

/** What a third-party application may request, and users can then allow. */
export function ApplicationPermissions({ application: { id: applicationId } }: { application: Application }) {
  const { data, error, refetch } = useItem(listApplicationUserConsentScopes, { params: { applicationId } });
  if (data) return <PermissionsForm applicationId={applicationId} scopes={data} />;
  return error ? <ErrorPage error={error} reset={() => void refetch()} /> : <PendingPage />;
}

interface Values extends Record<string, unknown> {
  userScopes: string[];
  organizationScopes: string[];
  resourceScopes: ScopesByApi;
  organizationResourceScopes: ScopesByApi;
}

const byApi = (groups: ConsentScopes['resourceScopes']): ScopesByApi =>
  ordered(Object.fromEntries(groups.map(({ resource, scopes }) => [resource.id, scopes.map(({ id }) => id)])));

const valuesOf = (scopes: ConsentScopes): Values => ({
  userScopes: scopes.userScopes.toSorted(),
  organizationScopes: scopes.organizationScopes.map(({ id }) => id).toSorted(),
  resourceScopes: byApi(scopes.resourceScopes),
  organizationResourceScopes: byApi(scopes.organizationResourceScopes),
});

/** The ids of each kind, as the API takes them. */
const idsOf = (values: Values) => ({
  userScopes: values.userScopes,
  organizationScopes: values.organizationScopes,
  resourceScopes: Object.values(values.resourceScopes).flat(),
  organizationResourceScopes: Object.values(values.organizationResourceScopes).flat(),
});
type Kind = keyof ReturnType<typeof idsOf>;

const kinds = {
  userScopes: 'user-scopes',
  organizationScopes: 'organization-scopes',
  resourceScopes: 'resource-scopes',
  organizationResourceScopes: 'organization-resource-scopes',
} as const satisfies Record<Kind, ConsentScopeType>;

/** Sends what was added and what was removed: the API has no route for the whole. */
function useSave(applicationId: string, saved: Values) {
  const add = useChange(createApplicationUserConsentScope);
  const remove = useChange(deleteApplicationUserConsentScope);
  return async (values: Values) => {
    const [before, now] = [idsOf(saved), idsOf(values)];
    const names = Object.keys(kinds) as Kind[];
    const added = names.map((kind) => [kind, now[kind].filter((id) => !before[kind].includes(id))] as const);
    if (added.some(([, ids]) => ids.length > 0))
      await add.mutateAsync({ params: { applicationId }, body: Object.fromEntries(added) });
    for (const kind of names)
      for (const scopeId of before[kind].filter((id) => !now[kind].includes(id)))
        await remove.mutateAsync({ params: { applicationId, scopeType: kinds[kind], scopeId } });
  };
}

function PermissionsForm({ applicationId, scopes }: { applicationId: string; scopes: ConsentScopes }) {
  const t = applicationPhrases.use();
  const saved = valuesOf(scopes);
  const form = useForm<Values>({ values: saved, save: useSave(applicationId, saved) });
  // Sorted, so that the order of clicks is not a change.
  const list = (kind: 'userScopes' | 'organizationScopes') => ({
    ...form.input(kind),
    onChange: (ids: string[]) => form.set(kind, ids.toSorted()),
  });
  return (
    <SettingsForm form={form}>
      <FormSection title={t('permissions.user')} description={t('permissions.userDetail')}>
        <Checkbox.Group aria-label={t('permissions.user')} {...list('userScopes')}>
          <Stack gap={10}>
            {consentUserScopeSchema.options.map((scope) => (
              <Checkbox
                key={scope}
                size="sm"
                value={scope}
                label={<code>{scope}</code>}
                description={t(userScopes[scope])}
              />
            ))}
          </Stack>
        </Checkbox.Group>
      </FormSection>
      <FormSection title={t('permissions.apis')} description={t('permissions.apisDetail')}>
        <ResourceScopes label={t('permissions.resources')} {...form.input('resourceScopes')} />
      </FormSection>
      <FormSection title={t('permissions.organizations')} description={t('permissions.organizationsDetail')}>
        <MultiPicker
          label={t('permissions.template')}
          placeholder={t('permissions.search')}
          source={organizationScopes}
          {...list('organizationScopes')}
        />
        <ResourceScopes label={t('permissions.organizationResources')} {...form.input('organizationResourceScopes')} />
      </FormSection>
    </SettingsForm>
  );
}

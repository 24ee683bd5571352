import type { Application, ConsentScopes, ConsentScopeType } from '@aldaba/contract';
import {
  consentUserScopeSchema,
  createApplicationUserConsentScope,
  deleteApplicationUserConsentScope,
  listApplicationUserConsentScopes,
  listOrganizationScopes,
  listResources,
} from '@aldaba/contract/routes';
import { Checkbox, MultiSelect, Stack } from '@mantine/core';
import { useChange, useItem, useList } from '../../api/queries.ts';
import { FormSection, SettingsForm } from '../../patterns/form.tsx';
import { useForm } from '../../patterns/use-form.ts';
import { ErrorPage } from '../../shell/error-pages.tsx';
import { PendingPage } from '../../shell/pending-page.tsx';
import { applicationPhrases } from './phrases.ts';

/** What a third-party application may request, and users can then allow. */
export function ApplicationPermissions({ application: { id: applicationId } }: { application: Application }) {
  const { data, error, refetch } = useItem(listApplicationUserConsentScopes, { params: { applicationId } });
  if (data) return <PermissionsForm applicationId={applicationId} scopes={data} />;
  return error ? <ErrorPage error={error} reset={() => void refetch()} /> : <PendingPage />;
}

const kinds = {
  userScopes: 'user-scopes',
  resourceScopes: 'resource-scopes',
  organizationScopes: 'organization-scopes',
  organizationResourceScopes: 'organization-resource-scopes',
} as const satisfies Record<string, ConsentScopeType>;
type Kind = keyof typeof kinds;

const idsOf = (groups: ConsentScopes['resourceScopes']) =>
  groups.flatMap(({ scopes }) => scopes.map(({ id }) => id)).toSorted();
const valuesOf = (scopes: ConsentScopes): Record<Kind, string[]> => ({
  userScopes: scopes.userScopes.toSorted(),
  resourceScopes: idsOf(scopes.resourceScopes),
  organizationScopes: scopes.organizationScopes.map(({ id }) => id).toSorted(),
  organizationResourceScopes: idsOf(scopes.organizationResourceScopes),
});

/** Sends what was added and what was removed: the API has no route for the whole. */
function useSave(applicationId: string, saved: Record<Kind, string[]>) {
  const add = useChange(createApplicationUserConsentScope);
  const remove = useChange(deleteApplicationUserConsentScope);
  return async (values: Record<Kind, string[]>) => {
    const names = Object.keys(kinds) as Kind[];
    const added = names.map((kind) => [kind, values[kind].filter((id) => !saved[kind].includes(id))] as const);
    if (added.some(([, ids]) => ids.length > 0))
      await add.mutateAsync({ params: { applicationId }, body: Object.fromEntries(added) });
    for (const kind of names)
      for (const scopeId of saved[kind].filter((id) => !values[kind].includes(id)))
        await remove.mutateAsync({ params: { applicationId, scopeType: kinds[kind], scopeId } });
  };
}

function PermissionsForm({ applicationId, scopes }: { applicationId: string; scopes: ConsentScopes }) {
  const t = applicationPhrases.use();
  const saved = valuesOf(scopes);
  const form = useForm({ values: saved, save: useSave(applicationId, saved) });
  // Sorted, so that the order of clicks is not a change.
  const input = (kind: Kind) => ({
    ...form.input(kind),
    onChange: (ids: string[]) => form.set(kind, ids.toSorted()),
  });
  const resources = useList(listResources, { query: { includeScopes: 'true' }, pageSize: 100 }).data?.items ?? [];
  const template = useList(listOrganizationScopes, { query: {}, pageSize: 100 }).data?.items ?? [];
  const ofResources = resources
    .filter((resource) => resource.scopes?.length)
    .map(({ name, scopes: members = [] }) => ({
      group: name,
      items: members.map((scope) => ({ value: scope.id, label: scope.name })),
    }));
  return (
    <SettingsForm form={form}>
      <FormSection title={t('permissions.user')} description={t('permissions.userDetail')}>
        <Checkbox.Group aria-label={t('permissions.user')} {...input('userScopes')}>
          <Stack gap={10}>
            {consentUserScopeSchema.options.map((scope) => (
              <Checkbox key={scope} size="sm" value={scope} label={<code>{scope}</code>} />
            ))}
          </Stack>
        </Checkbox.Group>
      </FormSection>
      <FormSection title={t('permissions.apis')} description={t('permissions.apisDetail')}>
        <MultiSelect label={t('permissions.resources')} data={ofResources} searchable {...input('resourceScopes')} />
      </FormSection>
      <FormSection title={t('permissions.organizations')} description={t('permissions.organizationsDetail')}>
        <MultiSelect
          label={t('permissions.template')}
          data={template.map(({ id, name }) => ({ value: id, label: name }))}
          searchable
          {...input('organizationScopes')}
        />
        <MultiSelect
          label={t('permissions.organizationResources')}
          data={ofResources}
          searchable
          {...input('organizationResourceScopes')}
        />
      </FormSection>
    </SettingsForm>
  );
}

import type { AccessControl, Application } from '@aldaba/contract';
import {
  getApplicationAccessControl,
  replaceApplicationAccessControl,
  updateApplication,
} from '@aldaba/contract/routes';
import { Switch } from '@mantine/core';
import { organizations, roles, users } from '../../api/choices.ts';
import { useChange, useItem } from '../../api/queries.ts';
import { FormSection, SettingsForm } from '../../patterns/form.tsx';
import { MultiPicker } from '../../patterns/picker.tsx';
import { useForm } from '../../patterns/use-form.ts';
import { ErrorPage } from '../../shell/error-pages.tsx';
import { PendingPage } from '../../shell/pending-page.tsx';
import { AccessOutlook } from './access-outlook.tsx';
import { OrganizationRoleRules } from './organization-role-rules.tsx';
import { applicationPhrases } from './phrases.ts';

/** Which users may sign in to the application. */
export function ApplicationAccessControl({ application }: { application: Application }) {
  const params = { applicationId: application.id };
  const { data, error, refetch } = useItem(getApplicationAccessControl, { params });
  if (data) return <AccessForm application={application} rules={data} />;
  return error ? <ErrorPage error={error} reset={() => void refetch()} /> : <PendingPage />;
}

/** Fields by the last part of the API's path. */
type Values = AccessControl & { appLevelAccessControlEnabled: boolean };

const userRoles = roles('User');

function AccessForm({ application, rules }: { application: Application; rules: AccessControl }) {
  const t = applicationPhrases.use();
  const replace = useChange(replaceApplicationAccessControl);
  const update = useChange(updateApplication);
  const form = useForm<Values>({
    values: { ...rules, appLevelAccessControlEnabled: application.appLevelAccessControlEnabled },
    validate: ({ organizationRoleRules }) => ({
      organizationRoleRules: organizationRoleRules.some(isIncomplete) ? t('access.incomplete') : undefined,
    }),
    // The rules come first, so that no user is locked out in between.
    save: async ({ appLevelAccessControlEnabled, ...body }) => {
      await replace.mutateAsync({ params: { applicationId: application.id }, body });
      if (appLevelAccessControlEnabled !== application.appLevelAccessControlEnabled)
        await update.mutateAsync({ params: { id: application.id }, body: { appLevelAccessControlEnabled } });
    },
    fieldsByCode: { 'user.invalid_role_type': 'userRoleIds' },
  });
  const { appLevelAccessControlEnabled: isLimited, ...shown } = form.values;
  return (
    <SettingsForm form={form}>
      <FormSection title={t('access.title')} description={t('access.detail')}>
        <Switch
          label={t('access.limit')}
          description={t('access.limitHelp')}
          {...form.input('appLevelAccessControlEnabled', { type: 'checkbox' })}
        />
        <AccessOutlook applicationId={application.id} isLimited={isLimited} rules={shown} />
      </FormSection>
      <FormSection title={t('access.rules')} description={t(isLimited ? 'access.rulesDetail' : 'access.rulesOff')}>
        <MultiPicker
          label={t('access.users')}
          placeholder={t('access.usersPlaceholder')}
          source={users}
          {...form.input('userIds')}
        />
        <MultiPicker
          label={t('access.userRoles')}
          placeholder={t('access.rolesPlaceholder')}
          source={userRoles}
          {...form.input('userRoleIds')}
        />
        <MultiPicker
          label={t('access.organizations')}
          placeholder={t('access.organizationsPlaceholder')}
          source={organizations}
          {...form.input('organizationIds')}
        />
        <OrganizationRoleRules {...form.input('organizationRoleRules')} />
      </FormSection>
    </SettingsForm>
  );
}

const isIncomplete = ({ organizationId, organizationRoleIds }: AccessControl['organizationRoleRules'][number]) =>
  organizationId === '' || organizationRoleIds.length === 0;

import type { AccessControl } from '@aldaba/contract';
import { listApplicationGrants, listUserOrganizations, listUserRoles } from '@aldaba/contract/routes';
import { IconAlertTriangle, IconUsers } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { apiOf } from '../../api/client.ts';
import { useTenant } from '../../api/queries.ts';
import { nameOfUser } from '../../api/user-names.ts';
import { Notice } from '../../patterns/notice.tsx';
import classes from './access.module.css';
import { hasRules, isAdmitted, type Person } from './access.ts';
import { applicationPhrases } from './phrases.ts';

interface AccessOutlookProps {
  applicationId: string;
  isLimited: boolean;
  /** As the form has them. */
  rules: AccessControl;
}

/** Says who may use the application once the form is saved, and who of its last users may not. */
export function AccessOutlook({ applicationId, isLimited, rules }: AccessOutlookProps) {
  const t = applicationPhrases.use();
  const { data: last = [] } = useLastUsers(applicationId, isLimited);
  const refused = isLimited ? last.filter((person) => !isAdmitted(person, rules)) : [];
  const isWarning = isLimited && (refused.length > 0 || !hasRules(rules));
  const Icon = isWarning ? IconAlertTriangle : IconUsers;
  return (
    <Notice tone={isWarning ? 'warning' : 'neutral'} sign={<Icon size={18} stroke={1.5} aria-hidden />}>
      <div className={classes.outlook}>
        <Admitted isLimited={isLimited} rules={rules} />
        {refused.length > 0 && (
          <p>{t('access.refused', { count: refused.length, names: refused.map(({ name }) => name).join(', ') })}</p>
        )}
      </div>
    </Notice>
  );
}

function Admitted({ isLimited, rules }: Pick<AccessOutlookProps, 'isLimited' | 'rules'>) {
  const t = applicationPhrases.use();
  if (!isLimited) return <p>{t('access.everyone')}</p>;
  if (!hasRules(rules)) return <p>{t('access.nobody')}</p>;
  const counts = {
    byUser: rules.userIds.length,
    byRole: rules.userRoleIds.length,
    byOrganization: rules.organizationIds.length,
    byOrganizationRole: rules.organizationRoleRules.length,
  };
  const kinds = (Object.keys(counts) as (keyof typeof counts)[]).filter((kind) => counts[kind] > 0);
  return (
    <>
      <p>{t('access.some')}</p>
      <ul>
        {kinds.map((kind) => (
          <li key={kind}>{t(`access.${kind}`, { count: counts[kind] })}</li>
        ))}
      </ul>
    </>
  );
}

/** So many of the last users are looked at. */
const lookedAt = 5;

/** The last users of the application with what the rules ask of them: often the administrator who tried it. */
function useLastUsers(applicationId: string, isNeeded: boolean) {
  const tenant = useTenant();
  return useQuery({
    queryKey: [tenant, '/api/applications', 'last-users', applicationId],
    queryFn: () => findLastUsers(tenant, applicationId),
    enabled: isNeeded,
  });
}

async function findLastUsers(tenant: string, applicationId: string): Promise<(Person & { name: string })[]> {
  const api = apiOf(tenant);
  const { items } = await api.list(listApplicationGrants, { params: { id: applicationId }, pageSize: 20 });
  const grants = [...new Map(items.map((grant) => [grant.user.id, grant])).values()].slice(0, lookedAt);
  return Promise.all(
    grants.map(async (grant) => {
      const { id } = grant.user;
      const [held, memberships] = await Promise.all([
        api.call(listUserRoles, { params: { userId: id } }),
        api.call(listUserOrganizations, { params: { userId: id } }),
      ]);
      return {
        id,
        name: nameOfUser(grant.user),
        roleIds: held.map((role) => role.id),
        memberships: memberships.map((organization) => ({
          organizationId: organization.id,
          roleIds: organization.organizationRoles.map((role) => role.id),
        })),
      };
    }),
  );
}

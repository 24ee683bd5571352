import {
  getAdminConsoleConfig,
  getSignInExperience,
  listApplications,
  listConnectors,
  listLogs,
  listTeamInvitations,
  listTeamMembers,
} from '@aldaba/contract/routes';
import { useItem, useList } from '../../api/queries.ts';
import { navigation } from '../../shell/navigation.ts';

const pages = new Set(navigation.flatMap((group) => group.pages.map(({ path }) => path)));

/** What the tenant of a new server looks like. */
const builtInColor = '#4F46E5';

/** A step, with the address below `/t/<tenant>/` at which it is done. */
export interface FirstStep {
  name: 'application' | 'signIn' | 'connector' | 'brand' | 'team';
  path: string;
  isDone: boolean;
}

/** The first steps as the tenant shows them; undefined until everything is known. */
export interface FirstSteps {
  steps: readonly FirstStep[];
  isDismissed: boolean;
}

/** Reads from the tenant which of the first steps are done. */
export function useFirstSteps(): { data: FirstSteps | undefined; error: unknown; refetch: () => void } {
  const applications = useList(listApplications, { pageSize: 1 });
  const signIns = useList(listLogs, {
    query: { logKey: 'ExchangeTokenBy.AuthorizationCode', enableCap: 'true' },
    pageSize: 5,
  });
  const connectors = useItem(listConnectors);
  const experience = useItem(getSignInExperience);
  const members = useItem(listTeamMembers);
  const invitations = useItem(listTeamInvitations);
  const config = useItem(getAdminConsoleConfig);
  const all = [applications, signIns, connectors, experience, members, invitations, config];
  const refetch = () => {
    for (const { refetch: again } of all) void again();
  };
  const error = all.find((query) => query.error)?.error;
  if (!applications.data || !signIns.data || !connectors.data || !experience.data || !config.data)
    return { data: undefined, error, refetch };
  if (!members.data || !invitations.data) return { data: undefined, error, refetch };
  const { branding, color, customCss } = experience.data;
  const isBranded =
    Object.values(branding).some(Boolean) || Boolean(customCss) || color.primaryColor.toUpperCase() !== builtInColor;
  const [application] = applications.data.items;
  const steps: FirstStep[] = [
    { name: 'application', path: 'applications/create', isDone: application !== undefined },
    {
      name: 'signIn',
      path: application ? `applications/${application.id}/guide` : 'applications/create',
      isDone: signIns.data.items.some(({ payload }) => payload.result === 'Success'),
    },
    { name: 'connector', path: 'connectors', isDone: connectors.data.length > 0 },
    { name: 'brand', path: 'sign-in-experience', isDone: isBranded },
    { name: 'team', path: 'team', isDone: members.data.length + invitations.data.length > 1 },
  ];
  // A step whose page is not there yet leads nowhere.
  const shown = steps.filter(({ path }) => pages.has(path.split('/')[0] ?? ''));
  return { data: { steps: shown, isDismissed: config.data.getStartedDismissed === true }, error, refetch };
}

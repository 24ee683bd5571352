import type { Application, ApplicationSecret } from '@aldaba/contract/routes';
import { listApplicationSecrets } from '@aldaba/contract/routes';
import { type PlaceholderValues, portOf } from '../../../guides/placeholders.ts';
import { useItem } from '../../api/queries.ts';
import { baseUrlOf } from '../../settings.ts';

/** Stands for the indicator of an API until there is one. */
export const exampleApi = 'https://api.example.com';

/** Types of applications that have secrets. */
export const hasSecrets = ({ type }: Pick<Application, 'type'>): boolean =>
  type === 'Traditional' || type === 'MachineToMachine';

interface Given {
  tenant: string;
  appUrl: string;
  apiIndicator: string;
  appId?: string;
  appSecret?: string | undefined;
}

/** What the placeholders of a guide stand for. An incomplete address of the app gives the text as it is typed. */
export function guideValues({ tenant, appUrl, apiIndicator, appId = '', appSecret = '' }: Given): PlaceholderValues {
  const endpoint = baseUrlOf(tenant);
  const appPort = isAppUrl(appUrl) ? portOf(appUrl) : '';
  return { endpoint, issuer: `${endpoint}/oidc`, appId, appSecret, apiIndicator, appUrl, appPort };
}

/** The secret that a guide shows: the newest that is valid. It is kept in memory alone. */
export function useSecret(application: Application): { secret: string | undefined; isPending: boolean } {
  const { data, isPending } = useItem(listApplicationSecrets, { params: { id: application.id } });
  return { secret: newestOf(data ?? []) ?? application.secret, isPending };
}

function newestOf(secrets: readonly ApplicationSecret[], now = Date.now()): string | undefined {
  return secrets
    .filter(({ expiresAt }) => expiresAt === null || expiresAt > now)
    .toSorted((a, b) => b.createdAt - a.createdAt)[0]?.value;
}

/** Whether the address can be the base of an app's addresses: http or https, without trailing slash or query. */
export function isAppUrl(text: string): boolean {
  return /^https?:\/\/[^\s/?#]+(\/[^\s?#]*[^\s?#/])?$/.test(text) && URL.canParse(text);
}

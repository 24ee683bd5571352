/** What the consent page shows. Pure. */
import type { ConsentView, PageLanguage } from '@aldaba/contract';
import { type PhraseKey, phrase } from '@aldaba/pages';
import { shownPhone } from '../../../kernel/identifiers.ts';
import type { Look } from '../../applications/application-experiences/index.ts';

interface Permission {
  id: string;
  name: string;
  description: string | null;
}
type OfResource = { resource: { name: string }; scopes: readonly Permission[] };

/** The requested access: scopes about the user, and permissions on APIs and in organizations. */
export interface ShownAccess {
  user: readonly string[];
  resources: readonly OfResource[];
  organizations: readonly { id: string; name: string; resources: readonly OfResource[] }[];
  inOrganizations: readonly Permission[];
}

interface ShownUser {
  id: string;
  name: string | null;
  username: string | null;
  primaryEmail: string | null;
  primaryPhone: string | null;
  avatar: string | null;
}

/** User scopes in words. */
const scopePhrases = new Map<string, PhraseKey>([
  ['profile', 'scope.profile'],
  ['email', 'scope.email'],
  ['phone', 'scope.phone'],
  ['address', 'scope.address'],
  ['offline_access', 'scope.offlineAccess'],
  ['custom_data', 'scope.customData'],
  ['identities', 'scope.identities'],
  ['roles', 'scope.roles'],
  ['urn:logto:scope:organizations', 'scope.organizations'],
  ['urn:logto:scope:organization_roles', 'scope.organizationRoles'],
]);

export function consentView(input: {
  client: { id: string; name: string; logoUri?: string };
  /** How the application presents itself. */
  look: Look;
  user: ShownUser;
  access: ShownAccess;
  language: PageLanguage;
  redirectUri: string;
  xsrf: string;
}): ConsentView {
  const { client, look, user, access, language } = input;
  const phone = user.primaryPhone && shownPhone(user.primaryPhone);
  const name = user.name ?? user.username ?? user.primaryEmail ?? phone ?? user.id;
  const detail = user.primaryEmail ?? phone ?? user.username;
  const address = new URL(input.redirectUri);
  const logoUrl = look.branding?.logoUrl || client.logoUri;
  return {
    kind: 'consent',
    appId: client.id,
    application: {
      name: look.displayName || client.name,
      ...(logoUrl ? { logoUrl } : {}),
      ...(look.termsOfUseUrl ? { termsOfUseUrl: look.termsOfUseUrl } : {}),
      ...(look.privacyPolicyUrl ? { privacyPolicyUrl: look.privacyPolicyUrl } : {}),
    },
    user: {
      name,
      ...(detail && detail !== name ? { detail } : {}),
      ...(user.avatar ? { avatar: user.avatar } : {}),
    },
    scopes: inWords(access, language),
    ...(access.organizations.length > 0
      ? { organizations: access.organizations.map(({ id, name }) => ({ id, name })) }
      : {}),
    redirectHost: address.host || address.protocol,
    xsrf: input.xsrf,
  };
}

const inWords = (access: ShownAccess, language: PageLanguage): ConsentView['scopes'] => [
  ...access.user.map((name) => {
    const key = scopePhrases.get(name);
    return { name: key ? phrase(language, key) : name };
  }),
  ...access.resources.flatMap(({ resource, scopes }) =>
    // Users read the operator's description of a permission; its name is for programs.
    scopes.map(({ name, description }) => ({ name: description || name, description: resource.name })),
  ),
  ...access.inOrganizations.map(({ name, description }) => ({
    name: description || name,
    description: phrase(language, 'consent.inOrganizations'),
  })),
  ...inOrganizationResources(access).map(({ resource, scope: { name, description } }) => ({
    name: description || name,
    description: `${resource.name}: ${phrase(language, 'consent.inOrganizations')}`,
  })),
];

/** Each permission that any organization gives on a resource, once. */
function inOrganizationResources({ organizations }: ShownAccess) {
  const all = organizations.flatMap(({ resources }) =>
    resources.flatMap(({ resource, scopes }) => scopes.map((scope) => ({ resource, scope }))),
  );
  return [...new Map(all.map((entry) => [entry.scope.id, entry])).values()];
}

import type { User } from '../../../features/people/users/index.ts';
import type { SignInNeeds } from '../../needs.ts';
import type { Interaction } from '../../port.ts';

type Needs = Pick<SignInNeeds, 'applications' | 'applicationExperiences' | 'organizations'>;

/** Where a code is asked for: in a sign-in with an application, or without one. */
export type Occasion = Pick<Interaction, 'tenant'> & Partial<Pick<Interaction, 'applicationId' | 'request'>>;

/** What templates may use besides the code: application, organization, user (see the connector kit). */
export async function messageContext(
  { applications, applicationExperiences, organizations }: Needs,
  { tenant, applicationId, request }: Occasion,
  user: User | undefined,
): Promise<Record<string, unknown>> {
  const [client, look, organization] = await Promise.all([
    applicationId === undefined ? undefined : applications.findClient(tenant, applicationId),
    applicationId === undefined ? undefined : applicationExperiences.lookOf(tenant, applicationId),
    request?.organizationId === undefined ? undefined : organizations.find(tenant.db, request.organizationId),
  ]);
  const { displayName, branding } = look ?? {};
  return {
    ...(request?.uiLocales === undefined ? {} : { uiLocales: request.uiLocales }),
    ...(client
      ? {
          application: {
            id: client.id,
            name: client.name,
            ...(displayName ? { displayName } : {}),
            ...(branding ? { branding } : {}),
          },
        }
      : {}),
    ...(organization
      ? { organization: { id: organization.id, name: organization.name, branding: organization.branding } }
      : {}),
    ...(user ? { user: person(user) } : {}),
  };
}

const person = ({ id, name, avatar, username, primaryEmail, primaryPhone, profile }: User) => ({
  id,
  name,
  avatar,
  username,
  primaryEmail,
  primaryPhone,
  profile,
});

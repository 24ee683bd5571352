/** Steps of the account chooser (`prompt=select_account`): the account that is signed in in this browser. */
import type { User } from '../../features/people/users/user.ts';
import type { SignInNeeds } from '../needs.ts';
import type { Interaction } from '../port.ts';

export interface AccountChoiceSteps {
  /** The user who is signed in, and what the application is called; undefined when there is no account to choose. */
  findSignedIn(interaction: Interaction): Promise<{ user: User; applicationName: string } | undefined>;
  /** Goes on with the account that is signed in. @throws AldabaError `session.not_found` */
  continueAs(interaction: Interaction, userId: string): Promise<{ redirectTo: string }>;
}

export function createAccountChoiceSteps({
  port,
  users,
  applications,
  applicationExperiences,
}: Pick<SignInNeeds, 'port' | 'users' | 'applications' | 'applicationExperiences'>): AccountChoiceSteps {
  return {
    async findSignedIn({ tenant, applicationId, sessionUserId }) {
      const user = sessionUserId === undefined ? undefined : await users.find(tenant.db, sessionUserId);
      const client = user && (await applications.findClient(tenant, applicationId));
      if (!user || !client) return undefined;
      const { displayName } = await applicationExperiences.lookOf(tenant, applicationId);
      return { user, applicationName: displayName || client.name };
    },
    continueAs: (interaction, userId) =>
      interaction.tenant.db.transaction((tx) => port.choose(tx, interaction, userId)),
  };
}

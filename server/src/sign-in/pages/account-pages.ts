/**
 * The account chooser (`prompt=select_account`). A page of its own even where a tenant uploaded sign-in pages, which know
 * nothing of it: "use another account" leads to theirs.
 */
import type { ChooseAccountView } from '@aldaba/contract';
import type { Http } from '../../http/index.ts';
import type { Interaction } from '../port.ts';
import type { SignIn } from '../service.ts';
import { createPageDoor, formField, pageAddress } from './page-door.ts';

export function accountPageRoutes(http: Http, signIn: SignIn): void {
  const door = createPageDoor(signIn);
  const { port } = signIn.needs;
  http.get(
    '/select-account',
    door.page(async (request, reply, interaction) => {
      const view = await viewOf(signIn, interaction);
      if (!view) return reply.redirect(pageAddress('/sign-in', interaction), 303);
      return door.show(request, reply, { interaction, view });
    }),
  );
  http.post(
    '/select-account',
    door.form(async (request, reply, interaction) => {
      const { sessionUserId } = interaction;
      // Another user may have signed in in another tab since the page was shown.
      if (sessionUserId === undefined || sessionUserId !== formField(request, 'account'))
        return reply.redirect(pageAddress('/select-account', interaction), 303);
      const { redirectTo } = await request.tenant.db.transaction((tx) => port.choose(tx, interaction, sessionUserId));
      return reply.header('cache-control', 'no-store').redirect(redirectTo, 303);
    }),
  );
}

/** Undefined when there is no account to choose, because no user is signed in. */
async function viewOf(
  { needs }: SignIn,
  { tenant, applicationId, sessionUserId }: Interaction,
): Promise<ChooseAccountView | undefined> {
  const user = sessionUserId === undefined ? undefined : await needs.users.find(tenant.db, sessionUserId);
  const client = await needs.applications.findClient(tenant, applicationId);
  if (!user || !client) return undefined;
  const { displayName } = await needs.applicationExperiences.lookOf(tenant, applicationId);
  const name = user.name ?? user.username ?? user.primaryEmail ?? user.primaryPhone ?? user.id;
  const detail = user.primaryEmail ?? user.username ?? user.primaryPhone;
  return {
    kind: 'choose-account',
    appId: applicationId,
    applicationName: displayName || client.name,
    account: {
      id: user.id,
      name,
      ...(detail && detail !== name ? { detail } : {}),
      ...(user.avatar ? { avatar: user.avatar } : {}),
    },
    signInPath: '/sign-in',
  };
}

/**
 * The account chooser (`prompt=select_account`), also for tenants that uploaded sign-in pages, which have no chooser:
 * "use another account" leads to the uploaded ones.
 */
import type { Http } from '../../http/types.ts';
import type { SignIn } from '../steps/index.ts';
import { chooseAccountView } from '../views.ts';
import { createPageRoutes, leave } from './page-requests.ts';

export function accountPageRoutes(http: Http, signIn: SignIn): void {
  const routes = createPageRoutes(http, signIn);
  routes.get('/select-account', async ({ interaction, show, redirect }) => {
    const found = await signIn.findSignedIn(interaction);
    return found ? show(chooseAccountView(found)) : redirect('/sign-in');
  });
  routes.post('/select-account', async ({ interaction, field, redirect, reply }) => {
    const { sessionUserId } = interaction;
    // Another user may have signed in in another tab since the page was shown.
    if (sessionUserId === undefined || sessionUserId !== field('account')) return redirect('/select-account');
    const { redirectTo } = await signIn.continueAs(interaction, sessionUserId);
    return leave(reply, redirectTo);
  });
}

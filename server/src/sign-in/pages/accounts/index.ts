/**
 * The pages about the account that is signed in in this browser: the chooser (`prompt=select_account`), and the page
 * for a link that is for another account.
 */

import type { User } from '../../../features/people/users/index.ts';
import type { Http } from '../../../http/types.ts';
import { emailKey, shownPhone } from '../../../kernel/identifiers.ts';
import type { SignIn } from '../../steps/index.ts';
import type { Screen } from '../../views.ts';
import { createPageRoutes, leave, type PageRequest, type PageRoutes } from '../page-requests.ts';

/**
 * The account chooser, also for tenants that uploaded sign-in pages, which have no chooser: "use another account" leads
 * to the uploaded ones.
 */
export function accountChooserRoutes(http: Http, signIn: SignIn): void {
  createPageRoutes(http, signIn).page('/select-account', {
    async view({ interaction }) {
      const found = await signIn.findSignedIn(interaction);
      return found ? chooseAccountView(found) : '/sign-in';
    },
    forms: {
      async '/select-account'({ interaction, field, reply }) {
        const { sessionUserId } = interaction;
        // Another user may have signed in in another tab since the page was shown.
        if (sessionUserId === undefined || sessionUserId !== field('account')) return '/select-account';
        const { redirectTo } = await signIn.continueAs(interaction, sessionUserId);
        leave(reply, redirectTo);
        return undefined;
      },
    },
  });
}

/**
 * `/switch-account`: goes on with the account that is signed in, or with the one that the application named: by a link,
 * which stays unused until its own page is confirmed, or as a hint.
 */
export function switchAccountPage({ signIn, page }: PageRoutes): void {
  page('/switch-account', {
    async view({ interaction, field }) {
      const link = linkOf(field);
      const found = await signIn.findSignedIn(interaction);
      if (!found) return link ? linkPath(link) : '/sign-in';
      const expected = link?.email ?? interaction.request.loginHint?.slice(0, 128);
      return chooseAccountView(found, { expected, path: link && linkPath(link) });
    },
  });
}

/** Where a link has to go first: a user with another address is signed in. */
export async function switchPath(
  signIn: SignIn,
  { interaction, field }: Pick<PageRequest, 'interaction' | 'field'>,
  link: AddressedLink,
): Promise<`/${string}` | undefined> {
  if (field('switch') === 'yes' || interaction.sessionUserId === undefined) return undefined;
  const found = await signIn.findSignedIn(interaction);
  const isOwn = found?.user.primaryEmail && emailKey(found.user.primaryEmail) === emailKey(link.email);
  return found && !isOwn ? `/switch-account?${queryOf(link)}` : undefined;
}

/** A one-time link, by the names that an authorization request has for it; longer values are not ours. */
export interface AddressedLink {
  email: string;
  token: string;
}
export function linkOf(field: PageRequest['field']): AddressedLink | undefined {
  const [email, token] = [field('login_hint'), field('one_time_token')];
  return email !== '' && email.length <= 128 && token !== '' && token.length <= 256 ? { email, token } : undefined;
}
const queryOf = ({ email, token }: AddressedLink) =>
  new URLSearchParams({ login_hint: email, one_time_token: token }).toString();
const linkPath = (link: AddressedLink): `/${string}` => `/one-time-token?${queryOf(link)}&switch=yes`;

/** @param other the account that is expected instead, and the path of its page */
function chooseAccountView(
  { user, applicationName }: { user: User; applicationName: string },
  other: { expected?: string | undefined; path?: `/${string}` | undefined } = {},
): Screen<'choose-account'> {
  const phone = user.primaryPhone && shownPhone(user.primaryPhone);
  const name = user.name ?? user.username ?? user.primaryEmail ?? phone ?? user.id;
  const detail = user.primaryEmail ?? user.username ?? phone;
  return {
    kind: 'choose-account',
    applicationName,
    account: {
      id: user.id,
      name,
      detail: detail === null || detail === name ? undefined : detail,
      avatar: user.avatar ?? undefined,
    },
    expected: other.expected || undefined,
    signInPath: other.path ?? '/sign-in',
  };
}

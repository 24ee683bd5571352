/** `/social/link`: an account has the address of the person whom a provider named, and no account has the identity. */
import type { PageRoutes } from '../page-requests.ts';
import { linkView } from './view.ts';

export function linkPageRoutes({ signIn, page }: PageRoutes): void {
  page('/social/link', {
    at: ({ prompt }) => (prompt.kind === 'link' ? prompt : undefined),
    view: ({ context }, prompt) => linkView(context, prompt),
    forms: {
      '/social/link': ({ interaction }) => signIn.acceptLink(interaction),
      '/social/link/new-account': ({ interaction, typed }) => signIn.declineLink(interaction, typed),
    },
  });
}

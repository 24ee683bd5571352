/** The company of a user signs them in: what the pages do instead of what the user has tried. */
import type { DataOf } from '@aldaba/contract';
import type { Request } from '../../../http/types.ts';
import type { AldabaError } from '../../../kernel/errors.ts';
import { normalizeEmail } from '../../../kernel/identifiers.ts';
import type { FormRequest } from '../../steps/forms.ts';
import type { SignIn } from '../../steps/index.ts';

/** The address that the provider sends the browser back to. */
export const callbackOf = ({ request }: { request: Request }, connectorId: string): string =>
  `${request.tenant.baseUrl}/callback/${connectorId}`;

/** Off to the provider of the company; with several, to the page on which the user chooses one. */
export const ssoInstead =
  (signIn: SignIn, failure: AldabaError) => async (page: FormRequest & { request: Request }) => {
    const { ssoConnectors } = failure.data as DataOf<'session.sso_enabled'>;
    const { typed, request } = page;
    // Read again: what was refused may have stored a state.
    const interaction = await signIn.open(request, page.interaction.handle);
    const given = signIn.findState(interaction)?.identifier;
    const email =
      [typed.username, typed.address].map(normalizeEmail).find((found) => found !== undefined) ??
      (given?.type === 'email' ? given.value : undefined);
    const [connector, ...others] = ssoConnectors;
    if (connector && others.length === 0) {
      const { id: connectorId } = connector;
      const redirectUri = callbackOf(page, connectorId);
      return signIn.beginSso(interaction, { connectorId, redirectUri, email, agreed: typed.agreed });
    }
    if (email === undefined) return '/single-sign-on/email' as const;
    await signIn.nameSso(interaction, email);
    return '/single-sign-on/connectors' as const;
  };

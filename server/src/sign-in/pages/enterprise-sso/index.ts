/**
 * `/single-sign-on/email` and `/single-sign-on/connectors`: a user signs in with their company. The provider's answer
 * comes back through `/callback/<id>`, like a social one.
 */
import { AldabaError } from '../../../kernel/errors.ts';
import { requireEmail } from '../../../kernel/identifiers.ts';
import { takeInitiatedSecret } from '../../factors/enterprise-sso/initiated.ts';
import { connectorsFor, type OfferedConnectors } from '../../machine/enterprise-sso/index.ts';
import { termsOf } from '../../machine/policy.ts';
import type { SignIn } from '../../steps/index.ts';
import type { Screen } from '../../views.ts';
import type { PageRequest, PageRoutes } from '../page-requests.ts';
import { callbackOf } from './instead.ts';

/** Off to a provider. @param email the address that the user entered */
export const beginSso = (signIn: SignIn, page: PageRequest, connectorId: string, email: string | undefined) =>
  signIn.beginSso(page.interaction, {
    connectorId,
    redirectUri: callbackOf(page, connectorId),
    email,
    agreed: page.typed.agreed,
  });

/** Goes on with what a provider said that started the sign-in; undefined if this browser brought nothing. */
export async function takeInitiated(signIn: SignIn, { interaction, request, reply }: PageRequest, connectorId: string) {
  const secret = takeInitiatedSecret(request, reply);
  return secret === undefined ? undefined : signIn.finishInitiated(interaction, { connectorId, secret });
}

export function ssoPageRoutes(routes: PageRoutes): void {
  const { signIn, page } = routes;
  ssoPasswordPage(routes);
  page('/single-sign-on/email', {
    view({ interaction, context, typed }, _, failure): Screen<'single-sign-on'> | '/sign-in' {
      if (interaction.policy.sso.length === 0) return '/sign-in';
      const { loginHint = '' } = interaction.request;
      const typedAddress = failure ? typed.address : loginHint.includes('@') ? loginHint.slice(0, 128) : undefined;
      return { kind: 'single-sign-on', typedAddress, terms: termsOf(context.settings, 'sign-in') };
    },
    forms: {
      async '/single-sign-on/email'(sent) {
        const email = requireEmail(sent.typed.address);
        const [connector, ...others] = signIn.ssoConnectorsFor(sent.interaction, email);
        if (!connector) throw new AldabaError('session.sso_not_available');
        if (others.length === 0) return beginSso(signIn, sent, connector.id, email);
        await signIn.nameSso(sent.interaction, email);
        return '/single-sign-on/connectors' as const;
      },
    },
  });
  page('/single-sign-on/connectors', {
    at: (_, { interaction }) => {
      const email = signIn.findState(interaction)?.ssoEmail;
      const connectors = email === undefined ? [] : connectorsFor(interaction.policy.sso, email);
      return email !== undefined && connectors.length > 0 ? { email, connectors } : undefined;
    },
    view: ({ context }, { email, connectors }): Screen<'single-sign-on-connectors'> => ({
      kind: 'single-sign-on-connectors',
      address: email,
      connectors: connectors.map(choiceOf),
      terms: termsOf(context.settings, 'sign-in'),
    }),
    forms: {
      '/single-sign-on/connectors'(sent, { email, connectors }) {
        const chosen = connectors.find(({ id }) => id === sent.field('connector'));
        if (!chosen) throw new AldabaError('session.invalid_connector_id');
        return beginSso(signIn, sent, chosen.id, email);
      },
    },
  });
}

/** The password of a company without a sign-in page of its own. The sign-in keeps what the user entered before. */
function ssoPasswordPage({ signIn, page }: PageRoutes): void {
  page('/single-sign-on/password', {
    at(_, { interaction, field }) {
      const connector = interaction.policy.sso.find(({ id }) => id === field('connector'));
      const { challenges = [] } = signIn.findState(interaction) ?? {};
      const challenge = challenges.find((each) => each.type === 'EnterpriseSso' && each.connectorId === connector?.id);
      if (!connector || challenge?.type !== 'EnterpriseSso' || !challenge.asksPassword) return undefined;
      return { connector, challenge, identifier: challenge.asksPassword.username };
    },
    view: async ({ interaction }, { connector, identifier }, failure): Promise<Screen<'single-sign-on-password'>> => ({
      kind: 'single-sign-on-password',
      connector: choiceOf(connector),
      identifier,
      captcha: await signIn.captchaFor(interaction),
      terms: failure?.code === 'user.terms_required' ? 'checkbox' : 'none',
    }),
    forms: {
      '/single-sign-on/password'({ interaction, typed }, { challenge, identifier }) {
        const agreed = challenge.agreed === true || typed.agreed;
        const given = { username: identifier ?? typed.username, password: typed.password };
        return signIn.finishSsoPassword(interaction, { ...challenge, agreed }, given);
      },
    },
  });
}

const choiceOf = ({ id, connectorName, logo, darkLogo }: OfferedConnectors[number]) => ({
  id,
  name: connectorName,
  logo,
  logoDark: darkLogo,
});

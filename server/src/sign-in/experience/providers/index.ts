/** Sign-in by another provider, in the Experience API: social ones, Google One Tap, and those of companies. */
import * as contract from '@aldaba/contract';
import { readCookie } from '../../../http/cookies.ts';
import type { Implement } from '../../../http/implement.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { takeInitiatedSecret } from '../../factors/enterprise-sso/initiated.ts';
import { assertSameToken } from '../../factors/one-tap/index.ts';
import type { SignIn } from '../../steps/index.ts';

export function providerRoutes(implement: Implement, signIn: SignIn): void {
  socialRoutes(implement, signIn);
  ssoRoutes(implement, signIn);
}

function socialRoutes(implement: Implement, signIn: SignIn): void {
  implement(contract.createSocialAuthorizationUri, async ({ request, params, body }) => {
    const given = { ...params, ...body, userAgent: request.headers['user-agent'] };
    return signIn.askSocial(await signIn.open(request), given).catch(throwMissing);
  });
  implement(contract.verifySocial, async ({ request, params, body: { verificationId = '', connectorData: data } }) => {
    if (verificationId === '' && typeof data.credential === 'string') {
      const interaction = await signIn.open(request);
      assertSameToken(readCookie(request, 'g_csrf_token'), data.g_csrf_token);
      const tapped = { ...params, idToken: data.credential, hasNonce: false };
      return { verificationId: (await signIn.proveOneTap(interaction, tapped)).id };
    }
    const given = { verificationId, connectorId: params.connectorId, data };
    const { id } = await signIn.verifySocial(await signIn.open(request), given);
    return { verificationId: id };
  });
}

function ssoRoutes(implement: Implement, signIn: SignIn): void {
  implement(contract.listSsoConnectorsOfEmail, async ({ request, query }) => ({
    connectorIds: signIn.ssoConnectorsFor(await signIn.open(request), query.email).map(({ id }) => id),
  }));
  implement(contract.createSsoAuthorizationUri, async ({ request, reply, params, body }) => {
    const interaction = await signIn.open(request);
    const asked = { ...params, ...body };
    // Only a sign-in that the application began for this provider: a foreign page can bring an answer to any browser.
    const { method, target } = interaction.request.directSignIn ?? {};
    const isMeant = method === 'sso' && target === params.connectorId;
    const secret = isMeant ? takeInitiatedSecret(request, reply) : undefined;
    const initiated =
      secret === undefined
        ? undefined
        : await signIn.askInitiated(interaction, { ...asked, secret }).catch(throwMissing);
    return initiated ?? signIn.askSso(interaction, asked).catch(throwMissing);
  });
  implement(contract.verifySso, async ({ request, params, body: { verificationId, connectorData: data } }) => ({
    verificationId: (await signIn.verifySso(await signIn.open(request), { verificationId, ...params, data })).id,
  }));
  implement(contract.proveSsoPassword, async ({ request, params, body }) => ({
    verificationId: (await signIn.proveSsoPassword(await signIn.open(request), { ...params, ...body })).id,
  }));
}

/** Wire: an unknown connector is a missing entity where it is asked, and an invalid one at the verification. */
function throwMissing(error: unknown): never {
  throw error instanceof AldabaError && error.code === 'session.invalid_connector_id'
    ? new AldabaError('entity.not_found')
    : error;
}

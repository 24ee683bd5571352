import * as contract from '@aldaba/contract';
import type { Implement } from '../http/index.ts';
import { findWishes, getQuestion, settleQuestion } from './consent-question.ts';
import type { Core } from './core.ts';
import { resumeUrl } from './interactions.ts';

/** `/api/interaction/consent`: the same question as the hosted page asks, for consent pages of an operator's own. */
export function mountConsentRoutes(implement: Implement, core: Core): void {
  implement(contract.getConsentInfo, async ({ request }) => {
    const question = await getQuestion(core, request);
    const { client, look, open, user } = question;
    const wishes = await findWishes(core, request, question);
    return {
      application: {
        id: client.id,
        name: client.name,
        branding: look.branding ?? {},
        displayName: look.displayName ?? null,
        termsOfUseUrl: look.termsOfUseUrl ?? null,
        privacyPolicyUrl: look.privacyPolicyUrl ?? null,
      },
      user: {
        id: user.id,
        name: user.name,
        avatar: user.avatar,
        username: user.username,
        primaryEmail: user.primaryEmail,
        primaryPhone: user.primaryPhone,
      },
      organizations: wishes.organizations.map(({ id, name }) => ({ id, name })),
      missingOIDCScope: wishes.user,
      missingResourceScopes: wishes.resources.map(({ resource: { id, name, indicator }, scopes }) => ({
        resource: { id, name, indicator },
        scopes: scopes.map((scope) => ({ id: scope.id, name: scope.name, description: scope.description })),
      })),
      redirectUri: open.request.redirectUri,
    };
  });
  implement(contract.giveConsent, async ({ request, body }) => {
    const question = await getQuestion(core, request);
    await settleQuestion(core, request, question, {
      decision: 'accept',
      organizationIds: body?.organizationIds,
    });
    return { redirectTo: resumeUrl({ tenant: request.tenant, handle: question.open.handle }) };
  });
}

import * as contract from '@aldaba/contract';
import type { Implement } from '../../http/index.ts';
import type { Agreement } from '../agreement.ts';
import { findWaitingAccess, getQuestion, settleQuestion } from '../consent-question.ts';
import type { Core } from '../core.ts';
import { resumeUrl } from '../interactions.ts';
import { organizationsResource } from '../resources.ts';
import { storeShown } from '../store/interactions.ts';

/** `/api/interaction/consent`: the hosted page's consent question, for an operator's own consent pages. */
export function mountConsentRoutes(implement: Implement, core: Core): void {
  implement(contract.getConsentInfo, async ({ request }) => {
    const question = await getQuestion(core, request);
    const { client, look, open, user } = question;
    const access = await findWaitingAccess(core, request, question);
    await storeShown(request.tenant.db, open.record.uidHash, access.agreement);
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
      organizations: access.organizations.map(({ id, name, resources }) => ({
        id,
        name,
        missingResourceScopes: resources.map(describeScopes),
      })),
      missingOIDCScope: access.user,
      missingResourceScopes: [
        ...access.resources.map(describeScopes),
        ...(access.inOrganizations.length > 0
          ? [describeScopes({ resource: organizationsEntry, scopes: access.inOrganizations })]
          : []),
      ],
      redirectUri: open.request.redirectUri,
    };
  });
  implement(contract.giveConsent, async ({ request, body }) => {
    const question = await getQuestion(core, request);
    // The last data given to the page is what it showed.
    const shown = question.open.record.state as Agreement | null;
    await settleQuestion(core, request, question, {
      decision: 'accept',
      agreement: shown ?? (await findWaitingAccess(core, request, question)).agreement,
      organizationIds: body?.organizationIds,
    });
    return { redirectTo: resumeUrl({ tenant: request.tenant, handle: question.open.handle }) };
  });
}

/** Represents the permissions in organizations on the wire. */
const organizationsEntry = {
  id: organizationsResource,
  name: organizationsResource,
  indicator: organizationsResource,
};

const describeScopes = ({
  resource: { id, name, indicator },
  scopes,
}: {
  resource: { id: string; name: string; indicator: string };
  scopes: readonly { id: string; name: string; description: string | null }[];
}) => ({
  resource: { id, name, indicator },
  scopes: scopes.map((scope) => ({ id: scope.id, name: scope.name, description: scope.description })),
});

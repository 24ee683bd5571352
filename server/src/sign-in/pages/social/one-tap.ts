import type { OneTapOffer } from '@aldaba/contract';
import type { LoadedInteraction } from '../../steps/context.ts';
import type { SignIn } from '../../steps/index.ts';
import type { PageContext, Screen } from '../../views.ts';

/**
 * One Tap on the first page, where the tenant enabled it: not where a box has to be ticked first, and not in the
 * browser of an app, which Google refuses.
 */
export async function oneTapOffer(
  { pageNeeds: { connectors, oneTap } }: SignIn,
  { interaction, context }: { interaction: LoadedInteraction; context: PageContext },
  { terms }: Screen<'sign-in'>,
): Promise<OneTapOffer | undefined> {
  const { tenant } = interaction;
  const shown = terms === 'checkbox' || context.inWeChat ? undefined : await connectors.oneTap(tenant);
  if (!shown) return undefined;
  const { isEnabled: _, connectorId, ...options } = shown;
  const nonce = oneTap.nonceFor(interaction, connectorId);
  return { ...options, nonce, loginUri: `${tenant.baseUrl}/callback/${connectorId}` };
}

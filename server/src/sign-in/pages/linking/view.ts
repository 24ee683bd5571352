/** What the pages show of a link: the account that may be the user's, and the provider that it is connected with. */
import { maskAddress } from '../../machine/factor.ts';
import { resolvePolicy, termsOf } from '../../machine/policy.ts';
import type { PendingLink, SignInState } from '../../machine/state.ts';
import type { Prompt } from '../../machine/vocabulary.ts';
import { connectorName, type PageContext, type Screen } from '../../views.ts';

type LinkPrompt = Pick<Extract<Prompt, { kind: 'link' }>, 'address' | 'connectorId'>;

/** The link whose account the user proves next. */
export const wantedLink = (state: SignInState | undefined): PendingLink | undefined =>
  state?.linking?.stage === 'wanted' ? state.linking : undefined;

/** The provider that the page of a sign-in is about, where its account is to be linked. */
export function connectsTo(state: SignInState | undefined, { connectors, language }: PageContext): string | undefined {
  const connectorId = wantedLink(state)?.proof.connectorId;
  const connector = connectors.find(({ id }) => id === connectorId);
  return connector && connectorName(connector, language);
}

/** The account is named as only its owner recognizes it. */
export function linkView(context: PageContext, { address, connectorId }: LinkPrompt): Screen<'link-account'> {
  const { settings, language, connectors } = context;
  const connector = connectors.find(({ id }) => id === connectorId);
  return {
    kind: 'link-account',
    provider: connector ? connectorName(connector, language) : '',
    maskedAddress: maskAddress(address),
    registers: resolvePolicy(settings).register,
    terms: termsOf(settings, 'register'),
  };
}

/** What the pages of connectors derive from what the server says about them. */
import type { ConnectorFactory, SignInExperience } from '@aldaba/contract';
import type { BodyFrom } from '@aldaba/contract/client';
import { getSignInExperience, type listConnectors, updateSignInExperience } from '@aldaba/contract/routes';
import { useChange, useItem } from '../../api/queries.ts';
import { useLanguage } from '../../language/phrases.ts';

export type Kind = ConnectorFactory;
export type ConfiguredConnector = BodyFrom<typeof listConnectors>[number];
export const types = ['Social', 'Email', 'Sms'] as const;
export type ConnectorType = (typeof types)[number];

/** A text of a connector in the Console's language: the exact tag, else the same language, else English. */
export function useLocalized(): (text: Readonly<Record<string, string>>) => string {
  const language = useLanguage();
  const primary = language.split('-')[0] ?? language;
  return (text) => {
    const tag = Object.keys(text).find((candidate) => candidate.split('-')[0] === primary);
    return text[language] ?? (tag && text[tag]) ?? text['en'] ?? '';
  };
}

/** Kinds that share a target are one provider on several platforms, e.g. WeChat in apps and on the web. */
export function providersOf(kinds: readonly Kind[]): Kind[][] {
  const providers = new Map<string, Kind[]>();
  for (const kind of kinds) {
    const key = kind.isStandard ? kind.id : kind.target;
    providers.set(key, [...(providers.get(key) ?? []), kind]);
  }
  return [...providers.values()];
}

/** Whether a kind's name, in any language, or its ID has these letters. */
export const isNamed = ({ id, name }: Pick<Kind, 'id' | 'name'>, search: string): boolean =>
  [id, ...Object.values(name)].some((text) => text.toLowerCase().includes(search.trim().toLowerCase()));

/** What a tenant's sign-in needs a connector for emails or text messages for. */
const messageUses = ['signIn', 'signUp', 'forgotPassword', 'mfa'] as const;
export type MessageUse = (typeof messageUses)[number];

export function messageUsesOf(settings: SignInExperience, type: 'Email' | 'Sms'): MessageUse[] {
  const identifier = type === 'Email' ? 'email' : 'phone';
  const method = type === 'Email' ? 'EmailVerificationCode' : 'PhoneVerificationCode';
  const { signIn, signUp, forgotPasswordMethods, mfa } = settings;
  const isUsed: Record<MessageUse, boolean> = {
    signIn: signIn.methods.some((each) => each.identifier === identifier && each.verificationCode),
    signUp: signUp.verify && signUp.identifiers.includes(identifier),
    forgotPassword: forgotPasswordMethods?.includes(method) ?? false,
    mfa: mfa.factors.includes(method),
  };
  return messageUses.filter((use) => isUsed[use]);
}

/** Which providers the sign-in page offers, and how to offer another. */
export function useOffered() {
  const { data } = useItem(getSignInExperience);
  const update = useChange(updateSignInExperience);
  const targets = data?.socialSignInConnectorTargets ?? [];
  return {
    settings: data,
    isOffered: (target: string) => targets.includes(target),
    isChanging: update.isPending,
    error: update.error,
    setOffered: (target: string, isOffered: boolean) => {
      const others = targets.filter((each) => each !== target);
      return update.mutateAsync({ body: { socialSignInConnectorTargets: isOffered ? [...others, target] : others } });
    },
  };
}

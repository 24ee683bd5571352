/** The values of the form: what the API has, with every member that an input shows, and the custom phrases. */
import type { CustomPhrase, SignInExperience, SignInExperienceChange, Translation } from '@aldaba/contract';
import { languageNames, type PageLanguage, pageLanguages } from '@aldaba/contract/pages';
import { changedMembers, isSame } from '../../patterns/changed-members.ts';

/** Custom phrases of a language by key, e.g. `signIn.title`. */
export type Words = Readonly<Record<string, string>>;

export type Values = ReturnType<typeof valuesOf>;

export function valuesOf(saved: SignInExperience, phrases: readonly CustomPhrase[]) {
  const { signUp, branding, socialSignIn } = saved;
  return {
    signInMode: saved.signInMode,
    signUp: { ...signUp, secondaryIdentifiers: signUp.secondaryIdentifiers ?? [] },
    signIn: saved.signIn,
    forgotPasswordMethods: saved.forgotPasswordMethods,
    passkeySignIn: {
      enabled: saved.passkeySignIn.enabled ?? false,
      showPasskeyButton: saved.passkeySignIn.showPasskeyButton ?? false,
      allowAutofill: saved.passkeySignIn.allowAutofill ?? false,
    },
    socialSignInConnectorTargets: saved.socialSignInConnectorTargets,
    socialSignIn: {
      skipRequiredIdentifiers: socialSignIn.skipRequiredIdentifiers ?? false,
      automaticAccountLinking: socialSignIn.automaticAccountLinking ?? false,
    },
    color: saved.color,
    branding: {
      logoUrl: branding.logoUrl ?? '',
      darkLogoUrl: branding.darkLogoUrl ?? '',
      favicon: branding.favicon ?? '',
      darkFavicon: branding.darkFavicon ?? '',
    },
    hideLogtoBranding: saved.hideLogtoBranding,
    termsOfUseUrl: saved.termsOfUseUrl ?? '',
    privacyPolicyUrl: saved.privacyPolicyUrl ?? '',
    agreeToTermsPolicy: saved.agreeToTermsPolicy,
    supportEmail: saved.supportEmail ?? '',
    supportWebsiteUrl: saved.supportWebsiteUrl ?? '',
    unknownSessionRedirectUrl: saved.unknownSessionRedirectUrl ?? '',
    customCss: saved.customCss ?? '',
    languageInfo: saved.languageInfo,
    customUiAssets: saved.customUiAssets,
    customUiCsp: {
      scriptSrc: saved.customUiCsp.scriptSrc ?? [],
      connectSrc: saved.customUiCsp.connectSrc ?? [],
    },
    signUpProfileFields: saved.signUpProfileFields,
    phrases: Object.fromEntries(
      [...new Set([...pageLanguages, ...phrases.map(({ languageTag }) => languageTag)])].map((language) => [
        language,
        flatten(phrases.find(({ languageTag }) => languageTag === language)?.translation ?? {}),
      ]),
    ) as Record<string, Words>,
  };
}

/** The members that differ from the saved ones. Sign-up and sign-in are judged together, so both are sent. */
export function changeOf(values: Values, saved: Values): SignInExperienceChange {
  const { phrases: _, ...members } = { ...values, customUiCsp: withoutBlanks(values.customUiCsp) };
  const { phrases: __, ...before } = saved;
  const changed = changedMembers(members, before);
  return 'signUp' in changed || 'signIn' in changed
    ? { ...changed, signUp: values.signUp, signIn: values.signIn }
    : changed;
}

/** Sources without fields that are still empty. */
const withoutBlanks = ({ scriptSrc, connectSrc }: Values['customUiCsp']): Values['customUiCsp'] => ({
  scriptSrc: scriptSrc.filter((source) => source.trim() !== ''),
  connectSrc: connectSrc.filter((source) => source.trim() !== ''),
});

/** The languages whose phrases differ from the saved ones; one that was added has at least one phrase. */
export const changedLanguages = (values: Values, saved: Values): string[] =>
  Object.keys(values.phrases).filter(
    (language) => !isSame(values.phrases[language] ?? {}, saved.phrases[language] ?? {}),
  );

/** The languages that were removed. */
export const removedLanguages = (values: Values, saved: Values): string[] =>
  Object.keys(saved.phrases).filter((language) => !(language in values.phrases));

export const isBuiltIn = (language: string): language is PageLanguage =>
  pageLanguages.some((each) => each === language);

/** What its speakers call a language. */
export function nameOf(language: string): string {
  if (isBuiltIn(language)) return languageNames[language];
  const name = new Intl.DisplayNames([language], { type: 'language' }).of(language) ?? language;
  return name.slice(0, 1).toLocaleUpperCase(language) + name.slice(1);
}

/** `{ signIn: { title } }` to `signIn.title`. */
function flatten(translation: Translation, prefix = ''): Words {
  return Object.fromEntries(
    Object.entries(translation).flatMap(([name, value]) =>
      typeof value === 'string' ? [[`${prefix}${name}`, value]] : Object.entries(flatten(value, `${prefix}${name}.`)),
    ),
  );
}

/** `signIn.title` to `{ signIn: { title } }`. */
export function nested(words: Words): Translation {
  const result: Translation = {};
  for (const [key, text] of Object.entries(words)) {
    const parts = key.split('.');
    const last = parts.pop() as string;
    let level = result;
    for (const part of parts) {
      const next = level[part];
      const below: Translation = typeof next === 'object' ? next : {};
      level[part] = below;
      level = below;
    }
    level[last] = text;
  }
  return result;
}

/** The values of the form: what the API has, with every member that an input shows, and the custom phrases. */
import type { CustomPhrase, SignInExperience, SignInExperienceChange, Translation } from '@aldaba/contract';
import { type PageLanguage, pageLanguages } from '@aldaba/contract/pages';

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
    socialSignInConnectorTargets: saved.socialSignInConnectorTargets,
    socialSignIn: { ...socialSignIn, skipRequiredIdentifiers: socialSignIn.skipRequiredIdentifiers ?? false },
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
    customCss: saved.customCss ?? '',
    languageInfo: saved.languageInfo,
    customUiAssets: saved.customUiAssets,
    signUpProfileFields: saved.signUpProfileFields,
    phrases: Object.fromEntries(
      pageLanguages.map((language) => [
        language,
        flatten(phrases.find(({ languageTag }) => languageTag === language)?.translation ?? {}),
      ]),
    ) as Record<PageLanguage, Words>,
  };
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The members that differ from the saved ones. Sign-up and sign-in are judged together, so both are sent. */
export function changeOf(values: Values, saved: Values): SignInExperienceChange {
  const { phrases: _, ...members } = values;
  const changed = Object.fromEntries(
    Object.entries(members).filter(([name, value]) => !same(value, saved[name as keyof Values])),
  );
  return 'signUp' in changed || 'signIn' in changed
    ? { ...changed, signUp: values.signUp, signIn: values.signIn }
    : changed;
}

/** The languages whose phrases differ from the saved ones. */
export const changedLanguages = (values: Values, saved: Values): PageLanguage[] =>
  pageLanguages.filter((language) => !same(values.phrases[language], saved.phrases[language]));

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

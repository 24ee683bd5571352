import * as contract from '@aldaba/contract';
import { defined } from '../kernel/defined.ts';
import { type Command, type Invocation, type Option, type Output, oneOf, text } from './command.ts';
import { facts } from './layout.ts';

const link = (description: string): Option => ({
  type: 'string',
  value: 'URL',
  description: `${description}; "" removes it`,
});
const onOff = ['on', 'off'] as const;

export const brandingCommands: readonly Command[] = [
  {
    name: 'branding',
    summary: 'Show or change colors, logo, dark mode and links of the sign-in pages',
    example: 'branding --primary-color "#0d9488" --logo https://example.com/logo.svg --dark-mode on',
    usesConnectors: true,
    options: {
      'primary-color': { type: 'string', value: '#rrggbb', description: 'Color of buttons and links' },
      'dark-primary-color': { type: 'string', value: '#rrggbb', description: 'The same in dark mode' },
      'dark-mode': {
        type: 'string',
        value: 'on|off',
        description: 'Whether the pages follow the dark mode of the system',
      },
      logo: link('Logo above the forms'),
      'dark-logo': link('Logo in dark mode'),
      favicon: link('Icon of the browser tab'),
      'dark-favicon': link('The same in dark mode'),
      terms: link('Terms of use'),
      privacy: link('Privacy policy'),
    },
    fields: {
      'color.primaryColor': '--primary-color',
      'color.darkPrimaryColor': '--dark-primary-color',
      'branding.logoUrl': '--logo',
      'branding.darkLogoUrl': '--dark-logo',
      'branding.favicon': '--favicon',
      'branding.darkFavicon': '--dark-favicon',
      termsOfUseUrl: '--terms',
      privacyPolicyUrl: '--privacy',
    },
    run: brand,
  },
];

async function brand(invocation: Invocation): Promise<Output> {
  const { app, tenant } = invocation;
  const before = await app.signInExperiences.get(tenant);
  const given = (name: string) => text(invocation, name);
  const darkMode = given('dark-mode');
  const color = withGiven(before.color, {
    primaryColor: given('primary-color'),
    darkPrimaryColor: given('dark-primary-color'),
    isDarkModeEnabled: darkMode === undefined ? undefined : oneOf(darkMode, onOff, '--dark-mode') === 'on',
  });
  const branding = withGiven(before.branding, {
    logoUrl: given('logo'),
    darkLogoUrl: given('dark-logo'),
    favicon: given('favicon'),
    darkFavicon: given('dark-favicon'),
  });
  const changed = Object.keys(invocation.options).some((name) => name in (brandingCommands[0]?.options ?? {}));
  if (changed) {
    await app.api.call(contract.updateSignInExperience, tenant, {
      body: { color, branding, termsOfUseUrl: given('terms'), privacyPolicyUrl: given('privacy') },
    });
  }
  return describe(await app.signInExperiences.get(tenant));
}

/** The object with the members that were given; an empty text removes one. */
function withGiven<Value extends object>(before: Value, given: { [Name in keyof Value]?: Value[Name] | undefined }) {
  return { ...before, ...defined(given) };
}

function describe({ color, branding, termsOfUseUrl, privacyPolicyUrl }: contract.SignInExperienceSettings): Output {
  return {
    text: facts([
      ['Color', color.primaryColor],
      ['Dark color', color.darkPrimaryColor],
      ['Dark mode', color.isDarkModeEnabled ? 'on' : 'off'],
      ['Logo', branding.logoUrl],
      ['Dark logo', branding.darkLogoUrl],
      ['Favicon', branding.favicon],
      ['Dark favicon', branding.darkFavicon],
      ['Terms', termsOfUseUrl],
      ['Privacy', privacyPolicyUrl],
    ]),
    data: { color, branding, termsOfUseUrl, privacyPolicyUrl },
  };
}

/**
 * The one style block of a page: the tenant's colors as custom properties. Everything else is in the cached
 * style sheet, so the Content-Security-Policy allows exactly this block, by its hash, and no style attribute.
 */

import { colorOr, inkOn, mix, readableOn } from '@aldaba/contract/colors';
import type { PageFrame } from '@aldaba/contract/pages';

const bronze = '#85491b';
const paleBronze = '#e5ae74';

/** The surfaces of `styles/base.css` that colored text may stand on, before the tint. */
const lightSurface = '#ffffff';
const darkSurface = '#1b1c21';

const lightColors = (chosen: string): string => {
  const brand = colorOr(chosen, bronze);
  const ground = mix('#f7f6f4', brand, 0.05);
  const tint = mix(lightSurface, brand, 0.09);
  const text = readableOn(brand, [lightSurface, ground, tint], '#000000');
  return `--brand:${brand};--on-brand:${inkOn(brand)};--brand-text:${text};--ground:${ground};--tint:${tint}`;
};

const darkColors = (chosen: string): string => {
  const brand = colorOr(chosen, paleBronze);
  const ground = mix('#111215', brand, 0.03);
  const tint = mix(darkSurface, brand, 0.14);
  const text = readableOn(brand, [darkSurface, ground, tint], '#ffffff');
  return `--brand:${brand};--on-brand:${inkOn(brand)};--brand-text:${text};--ground:${ground};--tint:${tint}`;
};

/** The text of the style block. */
export const themeCss = (branding: PageFrame['branding']): string => {
  const light = `:root{${lightColors(branding.primaryColor)}}`;
  const dark = `@media (prefers-color-scheme:dark){:root{${darkColors(branding.darkPrimaryColor)}}}`;
  return branding.isDarkModeEnabled ? light + dark : light;
};

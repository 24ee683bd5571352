/**
 * Colors that a tenant chose, made readable. Everything here works on `#rrggbb` and on the WCAG 2.2
 * definition of contrast (relative luminance, ratios from 1 to 21).
 */

type Channels = readonly [red: number, green: number, blue: number];

const pattern = /^#([0-9a-f]{3}|[0-9a-f]{6})$/;

/**
 * The color as a lower-case `#rrggbb` when it is one or a `#rgb`, otherwise the fallback: nothing else may reach a
 * style sheet.
 */
export const colorOr = (value: string, fallback: string): string => {
  const color = value.toLowerCase();
  if (!pattern.test(color)) return fallback;
  return color.length === 4 ? color.replaceAll(/[0-9a-f]/g, '$&$&') : color;
};

const channels = (color: string): Channels => [
  Number.parseInt(color.slice(1, 3), 16),
  Number.parseInt(color.slice(3, 5), 16),
  Number.parseInt(color.slice(5, 7), 16),
];

const hex = (values: Channels): string =>
  `#${values.map((value) => Math.round(value).toString(16).padStart(2, '0')).join('')}`;

const luminance = (color: string): number => {
  const linear = channels(color).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (linear[0] ?? 0) + 0.7152 * (linear[1] ?? 0) + 0.0722 * (linear[2] ?? 0);
};

/** WCAG contrast ratio of two colors, 1 to 21. */
export const contrast = (one: string, other: string): number => {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
};

/** `share` (0 to 1) of the second color mixed into the first, in sRGB. */
export const mix = (base: string, other: string, share: number): string => {
  const from = channels(base);
  const to = channels(other);
  return hex([
    from[0] + (to[0] - from[0]) * share,
    from[1] + (to[1] - from[1]) * share,
    from[2] + (to[2] - from[2]) * share,
  ]);
};

/** Ink for text on a filled button: black or white, whichever reads better (one of them always reaches 4.5). */
export const inkOn = (fill: string): string =>
  contrast(fill, '#ffffff') >= contrast(fill, '#000000') ? '#ffffff' : '#000000';

/** The color itself where it reads on all of the backgrounds, otherwise the nearest step towards `pole` that does. */
export const readableOn = (color: string, backgrounds: string[], pole: '#000000' | '#ffffff'): string => {
  for (let step = 0; step < 20; step += 1) {
    const candidate = mix(color, pole, step / 20);
    if (backgrounds.every((background) => contrast(candidate, background) >= 4.6)) return candidate;
  }
  return pole;
};

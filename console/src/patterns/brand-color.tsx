import { contrast, readableOn } from '@aldaba/contract/colors';
import { ColorInput } from '@mantine/core';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './brand.module.css';
import { isColor } from './brand-problems.ts';
import { patternPhrases } from './phrases.ts';

/** The surface that colored text of the pages is on, and the color towards which it is made readable. */
const surfaces = {
  light: { surface: '#ffffff', pole: '#000000' },
  dark: { surface: '#1b1c21', pole: '#ffffff' },
} as const;

const swatches = [
  '#4F46E5',
  '#2563EB',
  '#0891B2',
  '#0F766E',
  '#15803D',
  '#B45309',
  '#DC2626',
  '#BE185D',
  '#7C3AED',
  '#18181B',
];

interface BrandColorProps {
  label: string;
  description?: ReactNode;
  placeholder?: string;
  /** The scheme in which pages have the color. */
  tone: keyof typeof surfaces;
  /** What `form.input` gives. */
  value?: string;
  onChange?: (value: string) => void;
  error?: ReactNode;
  'data-path'?: string;
}

/** The brand color of a scheme, and whether text in it can be read. */
export function BrandColor({ tone, value = '', ...input }: BrandColorProps) {
  return (
    <div className={classes.color}>
      <ColorInput {...input} value={value} swatches={swatches} swatchesPerRow={10} withEyeDropper={false} />
      {isColor(value) && <Contrast color={value} tone={tone} />}
    </div>
  );
}

/** What WCAG asks for: 4.5 for text, 3 for the edge of a button. */
function Contrast({ color, tone }: { color: string; tone: BrandColorProps['tone'] }) {
  const t = patternPhrases.use();
  const { surface, pole } = surfaces[tone];
  const full = color.length === 4 ? color.replaceAll(/[0-9a-f]/gi, '$&$&') : color;
  const ratio = contrast(full.toLowerCase(), surface);
  const shown = { ratio: `${(Math.floor(ratio * 10) / 10).toFixed(1)}:1` };
  if (ratio >= 4.5)
    return (
      <p className={classes.contrast} role="status">
        <IconCheck size={16} stroke={1.5} aria-hidden className={classes.good} />
        {t('color.readable', shown)}
      </p>
    );
  const used = readableOn(full.toLowerCase(), [surface], pole);
  return (
    <p className={classes.contrast} role="status">
      <IconAlertTriangle size={16} stroke={1.5} aria-hidden className={classes.bad} />
      <span>
        {t(ratio < 3 ? 'color.textAndButtonFail' : 'color.textFails', { ...shown, used })}{' '}
        <span className={classes.used} style={{ background: used }} aria-hidden />
      </span>
    </p>
  );
}

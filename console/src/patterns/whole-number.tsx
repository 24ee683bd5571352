import { NumberInput, type NumberInputProps } from '@mantine/core';
import type { patternPhrases } from './phrases.ts';

export interface Limits {
  min: number;
  max: number;
}

/** A schema of the contract: of a number, or of something around one, such as an optional or a default. */
interface Wrapped {
  unwrap?: () => unknown;
  minValue?: number | null;
  maxValue?: number | null;
}

/** What the contract allows a whole number to be. */
export function limitsOf(schema: unknown): Limits {
  let inner = schema as Wrapped;
  while (inner.unwrap) inner = inner.unwrap() as Wrapped;
  return { min: inner.minValue ?? 0, max: inner.maxValue ?? Number.MAX_SAFE_INTEGER };
}

/** What is wrong with the text of a number before it is sent. An empty one is left to the server's default. */
export function numberProblem(
  value: number | string,
  { min, max }: Limits,
  t: ReturnType<typeof patternPhrases.use>,
): string | undefined {
  const isRight = value === '' || (Number.isInteger(value) && Number(value) >= min && Number(value) <= max);
  return isRight ? undefined : t('wrong.number', { min, max });
}

/** A whole number. One outside of the limits stays as it was typed, with a message, until it is corrected. */
export function WholeNumber({ limits, ...props }: NumberInputProps & { limits: Limits }) {
  return (
    <NumberInput
      {...limits}
      allowDecimal={false}
      clampBehavior="none"
      styles={{ wrapper: { maxWidth: 220 } }}
      {...props}
    />
  );
}

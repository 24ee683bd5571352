import { Select } from '@mantine/core';
import { patternPhrases } from './phrases.ts';

const day = 86_400_000;

/** When something that is chosen to last so many days expires; 0 days are forever. */
export const expiryAfter = (days: string): number | null => (days === '0' ? null : Date.now() + Number(days) * day);

interface ExpirySelectProps {
  label: string;
  /** Days to choose from; 0 for never. */
  lifetimes: readonly number[];
}

/** After how many days something that is created expires. Takes what `form.input` gives. */
export function ExpirySelect({ label, lifetimes, ...input }: ExpirySelectProps) {
  const t = patternPhrases.use();
  const data = lifetimes.map((days) => ({ value: String(days), label: t('expiry', { days }) }));
  return <Select label={label} data={data} allowDeselect={false} {...input} />;
}

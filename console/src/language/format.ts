import { useMemo } from 'react';
import { useLanguage } from './phrases.ts';

const units: readonly [unit: Intl.RelativeTimeFormatUnit, seconds: number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

/** Numbers and times in the chosen language. Times are milliseconds since the epoch. */
export function useFormat() {
  const language = useLanguage();
  return useMemo(() => {
    const number = new Intl.NumberFormat(language);
    const date = new Intl.DateTimeFormat(language, { dateStyle: 'medium' });
    const day = new Intl.DateTimeFormat(language, { month: 'short', day: 'numeric', timeZone: 'UTC' });
    const exact = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'medium' });
    const clock = new Intl.DateTimeFormat(language, { timeStyle: 'medium' });
    const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
    return {
      number: (value: number) => number.format(value),
      date: (time: number) => date.format(time),
      /** A day without its year, in UTC. @param isoDate `2027-01-31` */
      day: (isoDate: string) => day.format(Date.parse(isoDate)),
      exact: (time: number) => exact.format(time),
      clock: (time: number) => clock.format(time),
      relative(time: number, now = Date.now()) {
        const seconds = Math.round((time - now) / 1000);
        const [unit, size] = units.find(([, least]) => Math.abs(seconds) >= least) ?? ['second', 1];
        return relative.format(Math.trunc(seconds / size), unit);
      },
    };
  }, [language]);
}

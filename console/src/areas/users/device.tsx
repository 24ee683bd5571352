import type { UserAgentParsed } from '@aldaba/contract';
import { useLanguage } from '../../language/phrases.ts';
import { NameCell } from '../../patterns/list-table.tsx';
import { userPhrases } from './phrases.ts';

interface Place {
  ip?: string | null | undefined;
  city?: string | null | undefined;
  /** Country code of ISO 3166, if a proxy in front of the server tells it. */
  country?: string | null | undefined;
}

interface DeviceProps extends Place {
  agent: UserAgentParsed | undefined;
}

/** A browser and where it is, in words: "Firefox on Windows", "Vigo, Spain · 203.0.113.9". */
export function Device({ agent, ...place }: DeviceProps) {
  const name = useDeviceName();
  const language = useLanguage();
  return <NameCell name={name(agent)} detail={placeOf(place, language)} />;
}

/** Names a browser: "Firefox on Windows". */
export function useDeviceName() {
  const t = userPhrases.use();
  return (agent: UserAgentParsed | undefined): string => {
    const browser = agent?.browser?.name;
    const system = [agent?.device?.vendor, agent?.device?.model].filter(Boolean).join(' ') || agent?.os?.name;
    if (browser && system) return t('devices.on', { browser, system });
    return browser ?? system ?? t('devices.unknown');
  };
}

function placeOf({ ip, city, country }: Place, language: string): string {
  const words = [city, country && countryName(country, language)].filter(Boolean).join(', ');
  return [words, ip].filter(Boolean).join(' · ');
}

function countryName(code: string, language: string): string {
  // Proxies also send codes of their own, such as T1.
  return /^[A-Za-z]{2}$/.test(code)
    ? (new Intl.DisplayNames(language, { type: 'region' }).of(code.toUpperCase()) ?? code)
    : code;
}

import type { Place, Point } from '../kernel/origin.ts';
import type { Request } from './types.ts';

/** Names of headers by their content, in lowercase; omitted ones are not read. */
export interface PlaceHeaders {
  /** Two letters (ISO 3166-1 alpha-2); `XX` for unknown, `T1` for the Tor network. */
  readonly country?: string | undefined;
  readonly city?: string | undefined;
  /** Degrees, e.g. `48.1374`. */
  readonly latitude?: string | undefined;
  readonly longitude?: string | undefined;
  /** 1 (certainly a bot) to 99 (certainly a human). */
  readonly botScore?: string | undefined;
  /** `true` for bots that the proxy knows to be harmless. */
  readonly botVerified?: string | undefined;
}

/** Senders below this score are more likely bots than humans. */
const lowestHumanScore = 30;

/**
 * The origin of a request according to a proxy's headers: undefined without headers; malformed values are dropped. Call
 * it only for requests that a trusted proxy forwarded, because any client can send these headers.
 */
export function placeOf(headers: Request['headers'], names: PlaceHeaders): Place | undefined {
  const read = (name: string | undefined, pattern: RegExp): string | undefined => {
    const value = name === undefined ? undefined : headers[name];
    return typeof value === 'string' && pattern.test(value) ? value : undefined;
  };
  const code = read(names.country, /^(?:[a-z]{2}|t1)$/i)?.toUpperCase();
  const country = code === 'T1' || code === 'XX' ? undefined : code;
  const city = cityOf(read(names.city, /^.{1,256}$/));
  const point = pointOf(read(names.latitude, degrees), read(names.longitude, degrees));
  const score = read(names.botScore, /^\d{1,2}$/);
  const botScore = Number(score ?? 0);
  const verified = read(names.botVerified, /^(?:true|false)$/i)?.toLowerCase();
  const isProgram = botScore > 0 && botScore < lowestHumanScore;
  const isUntrusted = code === 'T1' || (isProgram && verified !== 'true');
  const place = {
    ...(country ? { country } : {}),
    ...(city ? { city } : {}),
    ...(point ? { point } : {}),
    ...(botScore > 0 ? { botScore } : {}),
    ...(verified ? { isBotVerified: verified === 'true' } : {}),
  };
  return Object.keys(place).length > 0 || isUntrusted ? { ...place, isUntrusted } : undefined;
}

const degrees = /^-?\d{1,3}(?:\.\d{1,15})?$/;

function pointOf(latitude: string | undefined, longitude: string | undefined): Point | undefined {
  if (latitude === undefined || longitude === undefined) return undefined;
  const point = { latitude: Number(latitude), longitude: Number(longitude) };
  return Math.abs(point.latitude) <= 90 && Math.abs(point.longitude) <= 180 ? point : undefined;
}

/** Node decodes headers as latin1; proxies write names in UTF-8. */
function cityOf(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const bytes = Buffer.from(value, 'latin1');
  const name = bytes.toString('utf8').trim();
  return name === '' || /[\p{Cc}\uFFFD]/u.test(name) ? undefined : name;
}

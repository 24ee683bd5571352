import type { LogRecord } from '@aldaba/contract';

type Parsed = NonNullable<LogRecord['payload']['userAgentParsed']>;

/**
 * Names the browser, device and system of an entry's user agent. Parsed when entries are shown, not when they are
 * written: a page has at most a hundred entries and few different agents, nothing is stored twice, and older entries
 * benefit from newer versions of the parser. The parser is loaded on first use.
 */
export async function withUserAgents(records: readonly LogRecord[]): Promise<LogRecord[]> {
  if (records.every(({ payload }) => payload.userAgent === undefined)) return [...records];
  const { default: parse } = await import('ua-parser-js');
  const known = new Map<string, Parsed>();
  return records.map((record) => {
    const { userAgent } = record.payload;
    if (userAgent === undefined) return record;
    const userAgentParsed = known.get(userAgent) ?? parse(userAgent);
    known.set(userAgent, userAgentParsed);
    return { ...record, payload: { ...record.payload, userAgentParsed } };
  });
}

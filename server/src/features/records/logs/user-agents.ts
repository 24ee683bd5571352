import type { LogRecord } from '@aldaba/contract';

type Parsed = NonNullable<LogRecord['payload']['userAgentParsed']>;

/**
 * Says which browser, device and system an entry's user agent names. It is read off when entries are shown, not when they are
 * written: a page has a hundred entries at most and few different agents, nothing is stored twice, and older entries gain from
 * what a newer version of the parser knows. The parser is loaded when somebody first looks at the log.
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

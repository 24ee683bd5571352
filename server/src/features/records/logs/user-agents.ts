import type { LogRecord, UserAgentParsed } from '@aldaba/contract';

/**
 * Reads the browser, device and system from user agents; the same agent is parsed once. The parser is loaded on first
 * use.
 */
export async function createUserAgentParser(): Promise<(userAgent: string) => UserAgentParsed> {
  const { default: parse } = await import('ua-parser-js');
  const known = new Map<string, UserAgentParsed>();
  return (userAgent) => {
    const parsed = known.get(userAgent) ?? parse(userAgent);
    known.set(userAgent, parsed);
    return parsed;
  };
}

/**
 * Names the browser, device and system of an entry's user agent. Parsed when entries are shown, not when they are
 * written: a page has at most a hundred entries and few different agents, nothing is stored twice, and older entries
 * benefit from newer versions of the parser.
 */
export async function withUserAgents(records: readonly LogRecord[]): Promise<LogRecord[]> {
  if (records.every(({ payload }) => payload.userAgent === undefined)) return [...records];
  const parse = await createUserAgentParser();
  return records.map((record) => {
    const { userAgent } = record.payload;
    if (userAgent === undefined) return record;
    return { ...record, payload: { ...record.payload, userAgentParsed: parse(userAgent) } };
  });
}

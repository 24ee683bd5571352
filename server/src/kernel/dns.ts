import { Resolver } from 'node:dns/promises';

/** The TXT records at a name, each in its chunks; empty if there are none. Throws if the DNS does not answer. */
export type ResolveTxt = (name: string) => Promise<string[][]>;

const noRecords: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA']);

/** Asks the system's name servers: 3 s for each try, 2 tries. */
export function createResolveTxt(): ResolveTxt {
  const resolver = new Resolver({ timeout: 3000, tries: 2 });
  return async (name) => {
    try {
      return await resolver.resolveTxt(name);
    } catch (error) {
      if (noRecords.has(String((error as { code?: unknown }).code))) return [];
      throw error;
    }
  };
}

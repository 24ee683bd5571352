/** What the stand-ins share: short-lived secrets in memory, and the ways in which a server fails. */

export interface SandboxWorld {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** An unguessable string, different at each call, at least 128 bits (base64url or hexadecimal). */
  readonly random: () => string;
}

const maxEntries = 1000;

/** Entries by an unguessable key; the oldest goes when it is full, and an old one is gone after its life. */
export const createLedger = <Value>(world: SandboxWorld, keepFor: number) => {
  const entries = new Map<string, { value: Value; createdAt: number }>();
  return {
    add: (value: Value): string => {
      const now = world.now();
      for (const [key, entry] of entries) {
        if (entries.size < maxEntries && now - entry.createdAt <= keepFor) break;
        entries.delete(key);
      }
      const key = world.random();
      entries.set(key, { value, createdAt: now });
      return key;
    },
    find: (key: string): { value: Value; age: number } | undefined => {
      const entry = entries.get(key);
      const age = entry === undefined ? 0 : world.now() - entry.createdAt;
      return entry === undefined || age > keepFor ? undefined : { value: entry.value, age };
    },
  };
};

export const garbage = (): Response =>
  new Response('<html><body>502 Bad Gateway', { headers: { 'content-type': 'text/html' } });
export const serverError = (): Response => new Response('system error', { status: 500 });

export const neverAnswer = (signal: AbortSignal | null | undefined): Promise<Response> =>
  new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

import { Client } from 'pg';

/** A dedicated connection for notifications that reconnects by itself and knows whether it is listening. */
export interface Listener {
  /**
   * Calls `heard` with the payload of every NOTIFY on `channel`, and `missed` when notifications may have been lost:
   * after the connection broke and came back. Returns after LISTEN is active, or at once when the database is away.
   */
  listen: (channel: string, heard: (payload: string) => void, missed?: () => void) => Promise<void>;
  /** False from half a second after the connection stopped answering until it listens again. */
  hears: () => boolean;
  close: () => Promise<void>;
}

export interface ListenerOptions {
  url: string;
  /** Value of the connection parameter `options`. */
  settings: string;
  log: { warn: (fields: object, message: string) => void };
}

/** Milliseconds between two questions whether the connection still works: a network may drop it silently. */
const beatInterval = 1000;
/**
 * Milliseconds without an answer after which the listener counts as deaf, and after which the connection is given up.
 */
const deafAfter = 500;
const lostAfter = 2000;
/** Milliseconds before the first and the slowest attempts to connect again. */
const firstRetry = 100;
const slowestRetry = 2000;

export function createListener({ url, settings, log }: ListenerOptions): Listener {
  const channels = new Map<string, { heard: ((payload: string) => void)[]; missed: (() => void)[] }>();
  let client: Client | undefined;
  let hears = false;
  let hadConnection = false;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let attempts = 0;

  const lose = (of: Client, error: Error | undefined) => {
    // Errors and ends come in any number; what a connection says after it was given up does not matter.
    if (of !== client) return;
    client = undefined;
    hears = false;
    clearTimeout(timer);
    of.end().catch(() => undefined);
    if (closed) return;
    if (attempts === 0) log.warn({ err: error }, 'The notification connection was lost; connecting again');
    timer = setTimeout(connect, Math.min(slowestRetry, firstRetry * 2 ** attempts) * (0.5 + Math.random() / 2));
    attempts += 1;
  };

  const beat = (of: Client) => {
    timer = setTimeout(async () => {
      const deaf = setTimeout(() => {
        hears = false;
      }, deafAfter);
      timer = setTimeout(() => lose(of, new Error('The notification connection does not answer.')), lostAfter);
      try {
        await of.query('select 1');
        if (of !== client) return;
        clearTimeout(timer);
        hears = true;
        beat(of);
      } catch (error) {
        lose(of, error as Error);
      } finally {
        clearTimeout(deaf);
      }
    }, beatInterval);
    timer.unref();
  };

  async function connect(): Promise<void> {
    if (closed) return;
    const fresh = new Client({
      connectionString: url,
      options: settings,
      connectionTimeoutMillis: 5000,
      keepAlive: true,
      application_name: 'aldaba listener',
    });
    client = fresh;
    fresh.on('error', (error) => lose(fresh, error));
    fresh.on('end', () => lose(fresh, undefined));
    fresh.on('notification', ({ channel, payload }) => {
      for (const heard of channels.get(channel)?.heard ?? []) heard(payload ?? '');
    });
    try {
      await fresh.connect();
      for (const channel of channels.keys()) await fresh.query(`listen "${channel}"`);
    } catch (error) {
      lose(fresh, error as Error);
      return;
    }
    if (fresh !== client) return;
    attempts = 0;
    hears = true;
    if (hadConnection) for (const { missed } of channels.values()) for (const notify of missed) notify();
    hadConnection = true;
    beat(fresh);
  }

  return {
    async listen(channel, heard, missed) {
      const known = channels.get(channel) ?? { heard: [], missed: [] };
      const isNew = !channels.has(channel);
      known.heard.push(heard);
      if (missed) known.missed.push(missed);
      channels.set(channel, known);
      if (!client && timer === undefined) await connect();
      // A connection that breaks here listens to all channels when it is back.
      else if (isNew) await client?.query(`listen "${channel}"`).catch(() => undefined);
    },
    hears: () => hears,
    async close() {
      closed = true;
      clearTimeout(timer);
      const last = client;
      client = undefined;
      await last?.end().catch(() => undefined);
    },
  };
}

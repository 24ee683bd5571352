import { Client } from 'pg';

/** A dedicated connection for notifications, which reconnects by itself and knows whether it receives them. */
export interface Listener {
  /**
   * Calls `heard` with the payload of every NOTIFY on `channel`, and `missed` after a reconnection, when notifications
   * may have been lost. Returns once LISTEN is active, or immediately if the database is unavailable.
   */
  listen: (channel: string, heard: (payload: string) => void, missed?: () => void) => Promise<void>;
  /** False from 0.5 s after the connection stopped responding until it listens again. */
  hears: () => boolean;
  close: () => Promise<void>;
}

export interface ListenerOptions {
  url: string;
  /** Value of the connection parameter `options`. */
  settings: string;
  log: { warn: (fields: object, message: string) => void };
}

/** Milliseconds between two checks of the connection: a network may drop it without an error. */
const beatInterval = 1000;
/** Milliseconds without a response after which notifications count as interrupted, and after which it reconnects. */
const interruptedAfter = 500;
const lostAfter = 2000;
/** Milliseconds before the first attempt to reconnect, and the maximum between two attempts. */
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
    // A connection can emit several errors and ends; those of a replaced connection are ignored.
    if (of !== client) return;
    client = undefined;
    hears = false;
    clearTimeout(timer);
    of.end().catch(() => undefined);
    if (closed) return;
    if (attempts === 0) log.warn({ err: error }, 'The notification connection was lost; reconnecting');
    timer = setTimeout(connect, Math.min(slowestRetry, firstRetry * 2 ** attempts) * (0.5 + Math.random() / 2));
    attempts += 1;
  };

  const beat = (of: Client) => {
    timer = setTimeout(async () => {
      const interruption = setTimeout(() => {
        hears = false;
      }, interruptedAfter);
      timer = setTimeout(() => lose(of, new Error('The notification connection does not respond.')), lostAfter);
      try {
        await of.query('select 1');
        if (of !== client) return;
        clearTimeout(timer);
        hears = true;
        beat(of);
      } catch (error) {
        lose(of, error as Error);
      } finally {
        clearTimeout(interruption);
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
      // If the connection breaks here, reconnecting listens to all channels.
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

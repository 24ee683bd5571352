import type { Reply } from '../http/index.ts';
import type { OidcNeeds } from './needs.ts';
import { markDelivered } from './store/refresh-tokens.ts';

/** Milliseconds for which delivered tokens are buffered before they are recorded together. */
const interval = 200;

/**
 * Records which refresh tokens reached their client, as far as a server can know: the whole response was handed to the
 * network. An undelivered rotation can be repeated, so a crash during a rotation does not lose the token
 * (docs/decisions/0005-refresh-token-delivery.md).
 */
export interface Deliveries {
  /** Records the token once this response has been sent completely; never if the connection breaks before. */
  watch: (reply: Reply, tenantId: string, tokenHash: string) => void;
  /** Writes the buffered records. */
  close: () => Promise<void>;
}

export function createDeliveries(needs: Pick<OidcNeeds, 'database' | 'log'>): Deliveries {
  let sent: { tenantId: string; tokenHash: string }[] = [];
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  const write = async () => {
    const batch = sent;
    sent = [];
    if (batch.length === 0) return;
    try {
      await markDelivered(needs.database, batch);
    } catch (error) {
      // Without the record, a rotation may be repeated once, which is safe. A failed write is not retried, so the
      // buffer cannot grow.
      needs.log.warn({ err: error, tokens: batch.length }, 'Noting delivered refresh tokens failed');
    }
  };
  const flush = () => {
    timer = undefined;
    writing = writing.then(write);
  };
  return {
    watch(reply, tenantId, tokenHash) {
      reply.raw.once('finish', () => {
        sent.push({ tenantId, tokenHash });
        timer ??= setTimeout(flush, interval).unref();
      });
    },
    async close() {
      clearTimeout(timer);
      flush();
      await writing;
    },
  };
}

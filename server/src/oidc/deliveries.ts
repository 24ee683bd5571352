import type { Reply } from '../http/index.ts';
import type { OidcNeeds } from './needs.ts';
import { markDelivered } from './store/refresh-tokens.ts';

/** Milliseconds: how long sent tokens are gathered before they are noted together. */
const interval = 200;

/**
 * Notes which refresh tokens reached their client, as far as a server can know: the whole answer was handed to the network.
 * A rotation that was never delivered can be repeated, so a crash in the middle of one burns no token
 * (docs/decisions/0005-refresh-token-delivery.md).
 */
export interface Deliveries {
  /** Notes the token once this answer has been sent completely; never if the connection breaks before. */
  watch(reply: Reply, tenantId: string, tokenHash: string): void;
  /** Notes what is gathered. */
  close(): Promise<void>;
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
      // Without the note a rotation may be repeated once: the safe side. It is not tried again, so nothing piles up.
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

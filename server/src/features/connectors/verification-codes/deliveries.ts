import { setTimeout as pause } from 'node:timers/promises';
import { AldabaError } from '../../../kernel/errors.ts';
import type { Log } from '../../../kernel/log.ts';
import { withoutOrigin } from '../../../kernel/origin.ts';

/** Concurrent messages per tenant: a provider that hangs delays only its own tenant. */
const maximumUnderWay = 100;
/**
 * Delay before a message is started, in milliseconds. The connector's work on this thread must not affect the response
 * time, which would reveal whether an account exists.
 */
const lead = 50;
/** Milliseconds for messages in progress when the server stops. */
const graceOfStop = 5000;

interface Delivery {
  tenantId: string;
  /** Id of the configured connector. */
  connectorId: string;
  send: (signal: AbortSignal) => Promise<unknown>;
}

/** Messages sent in the background. A failure is logged and not retried: the user requests another code. */
export interface Deliveries {
  /** @throws AldabaError `request.overloaded` while too many messages of the tenant are in progress */
  requireRoom: (tenantId: string) => void;
  begin: (delivery: Delivery) => void;
  /** Waits briefly for messages in progress. */
  close: () => Promise<void>;
}

export function createDeliveries({ log }: { log: Log }): Deliveries {
  const underWay = new Map<string, Set<Promise<void>>>();
  const stop = new AbortController();
  const deliver = async ({ tenantId, connectorId, send }: Delivery) => {
    try {
      await pause(lead);
      await send(stop.signal);
    } catch (error) {
      // Only the type: providers repeat the address, some the whole message, in their errors.
      const reason = error instanceof AldabaError ? error.code : error instanceof Error ? error.name : typeof error;
      log.warn({ tenant: tenantId, connector: connectorId, reason }, 'A verification code could not be sent');
    }
  };
  return {
    requireRoom(tenantId) {
      if ((underWay.get(tenantId)?.size ?? 0) >= maximumUnderWay) throw new AldabaError('request.overloaded');
    },
    begin(delivery) {
      const own = underWay.get(delivery.tenantId) ?? new Set();
      underWay.set(delivery.tenantId, own);
      const done = withoutOrigin(() => deliver(delivery)).finally(() => {
        own.delete(done);
        if (own.size === 0) underWay.delete(delivery.tenantId);
      });
      own.add(done);
    },
    async close() {
      const grace = setTimeout(() => stop.abort(new AldabaError('connector.timeout')), graceOfStop);
      await Promise.all([...underWay.values()].flatMap((own) => [...own]));
      clearTimeout(grace);
    },
  };
}

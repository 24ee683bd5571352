import { setTimeout as pause } from 'node:timers/promises';
import { AldabaError } from '../../../kernel/errors.ts';
import type { Log } from '../../../kernel/log.ts';
import { withoutOrigin } from '../../../kernel/origin.ts';

/** Messages of one tenant that may be on their way at a time: one whose service hangs holds up itself. */
const maximumUnderWay = 100;
/**
 * Milliseconds before a message is begun. What the connector does on this thread must not show in the time of the answer,
 * which would tell that there is somebody to send to.
 */
const lead = 50;
/** Milliseconds that messages under way get when the server stops. */
const graceOfStop = 5000;

interface Delivery {
  tenantId: string;
  /** Id of the configured connector. */
  connectorId: string;
  send(signal: AbortSignal): Promise<unknown>;
}

/** Messages that nobody waits for. One that fails is logged and not tried again: the person asks for another. */
export interface Deliveries {
  /** @throws AldabaError `request.overloaded` while too many messages of the tenant are on their way */
  requireRoom(tenantId: string): void;
  begin(delivery: Delivery): void;
  /** Waits for what is on its way, a moment. */
  close(): Promise<void>;
}

export function createDeliveries({ log }: { log: Log }): Deliveries {
  const underWay = new Map<string, Set<Promise<void>>>();
  const stop = new AbortController();
  const deliver = async ({ tenantId, connectorId, send }: Delivery) => {
    try {
      await pause(lead);
      await send(stop.signal);
    } catch (error) {
      // Its kind alone: services repeat the address, some the whole message, in what they say.
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

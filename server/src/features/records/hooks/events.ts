import { type HookEvent, hookEventSchema } from '@aldaba/contract';
import { z } from 'zod';
import type { Clock } from '../../../kernel/clock.ts';
import type { Events } from '../../../kernel/events.ts';
import { currentOrigin, currentSignIn, type Origin } from '../../../kernel/origin.ts';
import type { JobQueue, Jobs } from '../../../services/jobs/index.ts';
import type { CacheRegistry, Database, Transaction } from '../../../store/index.ts';
import { bodyOf } from './request.ts';
import { findListeners } from './store.ts';

const deliverySchema = z.object({
  hookId: z.string(),
  event: hookEventSchema,
  /** The request's body: the same bytes at every attempt. */
  body: z.string(),
  /** The number of error responses. */
  refusals: z.number().optional(),
});
/** Data of a delivery. */
export type Delivery = z.output<typeof deliverySchema>;

/** The queue of requests to receivers. */
export const deliveryQueue: JobQueue<Delivery> = { name: 'hook-deliveries', payload: deliverySchema };

interface Listener {
  id: string;
  events: ReadonlySet<string>;
}

export function createEvents({
  caches,
  database,
  clock,
  jobs,
}: {
  caches: CacheRegistry;
  database: Database;
  clock: Clock;
  jobs: Pick<Jobs, 'enqueue'>;
}) {
  const listeners = caches.create<Listener[]>({
    name: 'hooks',
    maximum: 10_000,
    maximumAge: 60_000,
    load: async (tenantId, _key, via) =>
      (await findListeners(via ?? database.tenant(tenantId))).map(({ id, event, events }) => ({
        id,
        // A webhook with a list of events ignores its older single event.
        events: new Set(events.length > 0 ? events : event ? [event] : []),
      })),
  });
  const events: Events<Transaction> = {
    async publish(tx, event, members) {
      const all = (await listeners.get(tx.tenantId, '', tx)) ?? [];
      const hooks = all.filter((hook) => hook.events.has(event));
      if (hooks.length === 0) return;
      const createdAt = new Date(clock.now()).toISOString();
      const own = typeof members === 'function' ? await members() : members;
      const whole = { ...membersOfRequest(currentOrigin(), event), ...own };
      await jobs.enqueue(
        tx,
        deliveryQueue,
        hooks.map(({ id }) => ({
          destination: id,
          payload: { hookId: id, event, body: bodyOf({ hookId: id, event, createdAt }, whole) },
        })),
      );
    },
  };
  return { events, changed: (tx: Transaction) => listeners.changed(tx, '') };
}

/** Members about the request: the origin of a sign-in; for data changes, the route and the sign-in that caused them. */
function membersOfRequest(origin: Origin | undefined, event: HookEvent): Record<string, unknown> {
  if (!origin) return {};
  const { ip, userAgent } = origin;
  if (event.startsWith('Post')) return { userIp: ip, userAgent };
  const route = belowApi(origin.route);
  // The routes of sign-in pages are not an API, so a change caused by one names no route.
  if (route === undefined || !origin.route?.startsWith('/api/')) return { ip, userAgent, ...currentSignIn() };
  return {
    ip,
    userAgent,
    path: belowApi(origin.path),
    method: origin.method,
    ...(origin.status === undefined ? {} : { status: origin.status }),
    params: origin.params,
    matchedRoute: route,
    ...currentSignIn(),
  };
}

/** Receivers know routes by their path in the API: `/users/:userId`. */
const belowApi = (path: string | undefined): string | undefined => path?.replace(/^\/api(?=\/)/, '');

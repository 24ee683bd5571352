import type { BodyOf, Hook, HookConfig, HookEvent, HookWithStats, LogRecord, updateHook } from '@aldaba/contract';
import type { Clock } from '../../../kernel/clock.ts';
import type { Vault } from '../../../kernel/crypto.ts';
import { defined } from '../../../kernel/defined.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import type { Events } from '../../../kernel/events.ts';
import { standardId, standardSecret } from '../../../kernel/ids.ts';
import type { Fetch } from '../../../kernel/outbound.ts';
import type { Jobs } from '../../../services/jobs/index.ts';
import type { CacheRegistry, Database, Queries, Transaction } from '../../../store/index.ts';
import type { Listed, Slice } from '../../../store/list.ts';
import { atomic } from '../../../store/transaction.ts';
import type { LogFilter, Logs } from '../logs/index.ts';
import { createDeliverer } from './deliveries.ts';
import { createEvents, deliveryQueue } from './events.ts';
import { bodyOf, send } from './request.ts';
import { sampleMembers } from './samples.ts';
import * as store from './store.ts';

export interface HooksNeeds {
  database: Database;
  caches: CacheRegistry;
  clock: Clock;
  vault: Vault;
  outbound: Fetch;
  jobs: Jobs;
  logs: Pick<Logs, 'write' | 'list' | 'hookStats'>;
}

type HookPatch = BodyOf<typeof updateHook>;

export interface Hooks extends Events<Transaction> {
  list: (q: Queries, slice?: Slice) => Promise<Listed<Hook>>;
  /** The hooks with their requests of the last 24 hours. */
  withStats: (q: Queries, hooks: readonly Hook[]) => Promise<HookWithStats[]>;
  /** @throws AldabaError `entity.not_exists_with_id` */
  get: (q: Queries, id: string) => Promise<Hook>;
  /** @throws AldabaError `hook.missing_events` */
  create: (q: Queries, draft: HookPatch & { config: HookConfig }) => Promise<Hook>;
  update: (q: Queries, id: string, patch: HookPatch) => Promise<Hook>;
  remove: (q: Queries, id: string) => Promise<void>;
  renewSigningKey: (q: Queries, id: string) => Promise<Hook>;
  /** Requests of a webhook; those of the last 24 hours unless the filter gives a time. */
  recentLogs: (
    q: Queries,
    id: string,
    filter: LogFilter,
    slice: Slice,
  ) => Promise<{ items: LogRecord[]; total: number; isCapped: boolean }>;
  /**
   * Sends sample payloads.
   * @throws AldabaError `hook.endpoint_responded_with_error`, `hook.send_test_payload_failed`
   */
  test: (q: Queries, id: string, given: { events: readonly HookEvent[]; config: HookConfig }) => Promise<void>;
}

/** Concurrent requests to receivers. */
const concurrency = 10;
const day = 86_400_000;

export function createHooks(needs: HooksNeeds): Hooks {
  const { vault, clock, jobs, logs, outbound, caches, database } = needs;
  const { events, changed: listenersChanged } = createEvents(needs);
  const context = (q: Queries, id: string) => `${q.tenantId}/hooks/${id}`;
  const shown = (q: Queries, { configSealed, signingKeySealed, ...hook }: store.StoredHook): Hook => ({
    tenantId: q.tenantId,
    ...hook,
    config: JSON.parse(vault.open(configSealed, context(q, hook.id))) as HookConfig,
    signingKey: vault.open(signingKeySealed, context(q, hook.id)),
  });
  const get = async (q: Queries, id: string) => {
    const hook = await store.findHook(q, id);
    if (!hook) throw missing(id);
    return shown(q, hook);
  };
  const change = async (tx: Transaction, id: string, patch: Parameters<typeof store.updateHookRow>[2]) => {
    const hook = await store.updateHookRow(tx, id, patch);
    if (!hook) throw missing(id);
    await changed(tx, id);
    return shown(tx, hook);
  };
  const receivers = caches.create<Hook>({
    name: 'hook-receivers',
    maximum: 1000,
    maximumAge: 60_000,
    load: async (tenantId, id) => {
      const q = database.tenant(tenantId);
      const hook = await store.findHook(q, id);
      return hook && shown(q, hook);
    },
  });
  const changed = async (tx: Transaction, id: string) => {
    await listenersChanged(tx);
    await receivers.changed(tx, id);
  };
  jobs.work(deliveryQueue, { concurrency, run: createDeliverer({ ...needs, find: receivers.get }) });

  return {
    ...events,
    async list(q, slice) {
      const { items, total } = await store.findHookList(q, slice);
      return { items: items.map((item) => shown(q, item)), total };
    },
    async withStats(q, hooks) {
      const stats = await logs.hookStats(
        q,
        hooks.map(({ id }) => id),
      );
      return hooks.map((hook) => ({
        ...hook,
        executionStats: stats.get(hook.id) ?? { successCount: 0, requestCount: 0 },
      }));
    },
    get,
    create: atomic(async (tx, draft) => {
      const id = standardId();
      requireEvents(draft);
      const hook: store.StoredHook = {
        id,
        name: draft.name ?? '',
        event: draft.event ?? null,
        events: draft.events ?? [],
        enabled: draft.enabled ?? true,
        configSealed: vault.seal(JSON.stringify(draft.config), context(tx, id)),
        signingKeySealed: vault.seal(standardSecret(), context(tx, id)),
        createdAt: clock.now(),
      };
      await store.insertHook(tx, hook);
      await changed(tx, id);
      return shown(tx, hook);
    }),
    update: atomic(async (tx, id, { config, ...patch }) => {
      const before = await get(tx, id);
      requireEvents({ event: before.event, events: before.events, ...defined(patch) });
      const configSealed = config && vault.seal(JSON.stringify(config), context(tx, id));
      return change(tx, id, { ...patch, configSealed });
    }),
    remove: atomic(async (tx, id) => {
      if ((await store.deleteHookRow(tx, id)) === 0) throw missing(id);
      await changed(tx, id);
    }),
    renewSigningKey: atomic((tx, id) =>
      change(tx, id, { signingKeySealed: vault.seal(standardSecret(), context(tx, id)) }),
    ),
    recentLogs: async (q, id, filter, slice) => {
      await get(q, id);
      const isOpen = filter.from === undefined && filter.to === undefined;
      return logs.list(q, { ...filter, hookId: id, ...(isOpen ? { from: clock.now() - day } : {}) }, slice);
    },
    async test(q, id, { events: names, config }) {
      const { signingKey } = await get(q, id);
      const createdAt = new Date(clock.now()).toISOString();
      const answers = await Promise.all(
        [...new Set(names)].map((event) => {
          const body = bodyOf({ hookId: id, event, createdAt }, sampleMembers(event));
          return send(outbound, config, { body, signingKey });
        }),
      );
      for (const answer of answers) {
        if ('reason' in answer) throw new AldabaError('hook.send_test_payload_failed', { reason: answer.reason });
        if (answer.kind !== 'accepted') {
          const data = { responseStatus: answer.statusCode, responseBody: answer.body };
          throw new AldabaError('hook.endpoint_responded_with_error', data);
        }
      }
    },
  };
}

const missing = (id: string) => new AldabaError('entity.not_exists_with_id', { name: 'webhook', id });

function requireEvents({ event, events }: Pick<HookPatch, 'event' | 'events'>): void {
  if (!event && !events?.length) throw new AldabaError('hook.missing_events');
}

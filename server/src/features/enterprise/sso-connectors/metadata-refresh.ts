/** Reads the metadata of SAML providers again, so that new keys of a provider apply by themselves. */
import type { Audit } from '../../../kernel/audit.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import type { Log } from '../../../kernel/log.ts';
import type { Fetch } from '../../../kernel/outbound.ts';
import type { IdentityProviderMetadata } from '../../../services/saml/index.ts';
import type { Database, Transaction } from '../../../store/index.ts';
import { describeChange, type MetadataProblem, refuseChange } from './metadata-change.ts';
import { fetchMetadata } from './saml-config.ts';
import * as store from './store.ts';

interface Needs {
  database: Database;
  outbound: Fetch;
  log: Log;
  logs: Audit;
  cache: { changed: (tx: Transaction, key: string) => Promise<void> };
}

/** Milliseconds after which the metadata of a provider is read again. */
const metadataLife = 3_600_000;

/** Providers that are asked at a time, and in one round: other sweeps wait for its end. */
const concurrency = 5;
const maximumOfRound = 50;

/** Returns how many were read and used. A provider that does not answer delays no other one. */
export function createMetadataRefresh(needs: Needs) {
  return async (now: number, isStopped: () => boolean): Promise<number> => {
    const before = new Date(now - metadataLife);
    let left = maximumOfRound;
    let used = 0;
    const next = async () => {
      if (left === 0 || isStopped()) return undefined;
      left -= 1;
      return store.takeDueMetadata(needs.database.system, before, new Date(now));
    };
    const work = async () => {
      for (let due = await next(); due; due = await next()) if (await renew(needs, due, now)) used += 1;
    };
    const results = await Promise.allSettled(Array.from({ length: concurrency }, work));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
    return used;
  };
}

/** Returns whether the metadata was read and used. */
async function renew(needs: Needs, due: store.DueMetadata, now: number): Promise<boolean> {
  const read = await readAgain(needs, due, now);
  const problem = 'code' in read ? { ...read, since: sameProblem(due.problem, read) ?? now } : undefined;
  const providerMetadata = 'code' in read ? undefined : read;
  const isStored = await needs.database.tenant(due.tenantId).transaction(async (tx) => {
    await needs.cache.changed(tx, '');
    return store.renewMetadata(tx, due, { providerMetadata, problem, now: new Date(now) });
  });
  if (!isStored) return false;
  note(needs.logs, due, { problem: problem?.since === now ? problem : undefined, published: providerMetadata });
  return providerMetadata !== undefined;
}

/** Since when the same problem is known. */
const sameProblem = (known: store.DueMetadata['problem'], { code, message }: MetadataProblem): number | undefined =>
  known?.code === code && known.message === message ? known.since : undefined;

async function readAgain(
  { outbound, log }: Pick<Needs, 'outbound' | 'log'>,
  { id: connectorId, url, stored }: store.DueMetadata,
  now: number,
): Promise<IdentityProviderMetadata | MetadataProblem> {
  try {
    const published = await fetchMetadata(outbound, url);
    const problem = stored && refuseChange(stored, published, now);
    if (problem) log.warn({ connectorId, ...problem }, 'The metadata of a SAML provider is not used');
    return problem ?? published;
  } catch (error) {
    log.warn({ err: error, connectorId }, 'The metadata of a SAML provider could not be read');
    return { code: 'metadata_unreadable', message: reasonOf(error) };
  }
}

function reasonOf(error: unknown): string {
  const data = error instanceof AldabaError ? error.data : undefined;
  const { problems = [] } = (data ?? {}) as { problems?: { message: string }[] };
  return problems[0]?.message ?? 'Cannot be read.';
}

/** An entry for what has changed, and for a problem when it begins. */
function note(
  logs: Audit,
  { tenantId, id: connectorId, organizationId, stored }: store.DueMetadata,
  { problem, published }: { problem: MetadataProblem | undefined; published: IdentityProviderMetadata | undefined },
): void {
  const entry = { key: 'SsoConnector.Metadata', organizationId: organizationId ?? undefined } as const;
  if (problem) logs.write(tenantId, { ...entry, result: 'Error', error: problem, params: { connectorId } });
  const change = stored && published && describeChange(stored, published);
  if (change) logs.write(tenantId, { ...entry, result: 'Success', params: { connectorId, ...change } });
}

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

/** Returns how many were read and used. */
export function createMetadataRefresh({ database, outbound, log, logs, cache }: Needs) {
  return async (now: number, isStopped: () => boolean): Promise<number> => {
    let used = 0;
    for (const due of await store.findDueMetadata(database.system, new Date(now - metadataLife))) {
      if (isStopped()) break;
      const read = await readAgain({ outbound, log }, due, now);
      const problem = 'code' in read ? { ...read, since: sameProblem(due.problem, read) ?? now } : undefined;
      const providerMetadata = 'code' in read ? undefined : read;
      await database.tenant(due.tenantId).transaction(async (tx) => {
        await store.renewMetadata(tx, due, { providerMetadata, problem, now: new Date(now) });
        await cache.changed(tx, '');
      });
      note(logs, due, { problem: problem?.since === now ? problem : undefined, published: providerMetadata });
      if (providerMetadata) used += 1;
    }
    return used;
  };
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

/** Checks verified domains again, warns while their record is missing, and ends the verification after the grace. */
import type { OrganizationDomain } from '@aldaba/contract';
import type { Audit } from '../../../kernel/audit.ts';
import type { ResolveTxt } from '../../../kernel/dns.ts';
import type { Events } from '../../../kernel/events.ts';
import type { Log } from '../../../kernel/log.ts';
import type { Database, Sweep, Transaction } from '../../../store/index.ts';
import { isPublished } from './records.ts';
import { checkInterval, grace, retryInterval } from './rules.ts';
import type { DomainKey } from './store.ts';
import * as store from './store.ts';
import { recordOf, toDomain } from './views.ts';
import { type WithdrawalNeeds, withdrawDomain } from './withdrawal.ts';

export interface DomainChecksNeeds extends WithdrawalNeeds {
  database: Database;
  log: Log;
  logs: Audit;
  events: Events<Transaction>;
  resolveTxt: ResolveTxt;
}

/** Checks the domains of all tenants that are due. Returns how many had an answer. */
export function createDomainChecks(needs: DomainChecksNeeds): Sweep {
  const { database, log, resolveTxt } = needs;
  /** Undefined if the name servers do not answer, which says nothing about the record. */
  const lookUp = async ({ tenantId, organizationId, domain, token }: store.DueDomain) => {
    try {
      return await isPublished(resolveTxt, recordOf({ domain, token }));
    } catch (error) {
      log.warn({ err: error, tenantId, organizationId, domain }, 'The DNS record of a domain could not be checked');
      return undefined;
    }
  };
  return async (time, isStopped) => {
    const now = new Date(time);
    const due = await store.takeDue(database.system, now, new Date(time + retryInterval));
    // Together: other background work waits for this round.
    const answers = await Promise.all(due.map(async (key) => ({ key, isThere: await lookUp(key) })));
    let count = 0;
    let failure: unknown;
    for (const { key, isThere } of answers) {
      if (isThere === undefined || isStopped()) continue;
      try {
        await database.tenant(key.tenantId).transaction((tx) => conclude(needs, tx, { key, isThere, now }));
        count += 1;
      } catch (error) {
        // The others must not wait for it.
        failure = error;
      }
    }
    if (failure !== undefined) throw failure;
    return count;
  };
}

async function conclude(
  needs: DomainChecksNeeds,
  tx: Transaction,
  { key, isThere, now }: { key: store.DueDomain; isThere: boolean; now: Date },
): Promise<void> {
  const row = await store.findDomain(tx, key, { locks: true });
  // Removed, added again, or verified by email since.
  if (row?.verified_by !== 'dns' || row.token !== key.token) return;
  const nextCheckAt = new Date(now.getTime() + checkInterval);
  const missingSince = isThere ? null : (row.missing_since ?? now);
  if (missingSince !== null && now.getTime() - missingSince.getTime() >= grace) return lose(needs, tx, { key, now });
  await store.markChecked(tx, key, { now, nextCheckAt, missingSince });
  if (missingSince === null) return;
  const domain = await get(tx, key);
  await needs.events.publish(tx, 'OrganizationDomain.RecordMissing', { data: domain });
  audit(needs, tx, 'Organization.MissDomainRecord', { key, params: { losesAt: domain.losesAt } });
}

async function lose(
  needs: DomainChecksNeeds,
  tx: Transaction,
  { key, now }: { key: DomainKey; now: Date },
): Promise<void> {
  await store.markLost(tx, key, now);
  const params = await withdrawDomain(needs, tx, key);
  await needs.events.publish(tx, 'OrganizationDomain.Lost', { data: await get(tx, key) });
  audit(needs, tx, 'Organization.LoseDomain', { key, params });
}

async function get(tx: Transaction, key: DomainKey): Promise<OrganizationDomain> {
  const row = await store.findDomain(tx, key);
  if (!row) throw new Error('The domain is locked and exists');
  return toDomain(row);
}

function audit(
  { logs }: DomainChecksNeeds,
  tx: Transaction,
  key: 'Organization.MissDomainRecord' | 'Organization.LoseDomain',
  { key: { organizationId, domain }, params }: { key: DomainKey; params: object },
): void {
  tx.afterCommit(() =>
    logs.write(tx.tenantId, { key, result: 'Success', organizationId, params: { domain, ...params } }),
  );
}

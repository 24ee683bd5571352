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
import { toDomain } from './views.ts';
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
  const checkOne = async (due: store.DueDomain, now: Date): Promise<number> => {
    const { tenantId, organizationId, domain, token } = due;
    let isThere: boolean;
    try {
      isThere = await isPublished(resolveTxt, { type: 'TXT', name: `_aldaba-challenge.${domain}`, value: token });
    } catch (error) {
      // Name servers that do not answer say nothing about the record.
      log.warn({ err: error, tenantId, organizationId, domain }, 'The DNS record of a domain could not be checked');
      return 0;
    }
    await database.tenant(tenantId).transaction((tx) => conclude(needs, tx, { key: due, isThere, now }));
    return 1;
  };
  return async (time, isStopped) => {
    const now = new Date(time);
    let count = 0;
    let failure: unknown;
    for (const due of await store.takeDue(database.system, now, new Date(time + retryInterval))) {
      if (isStopped()) break;
      try {
        count += await checkOne(due, now);
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
  { key, isThere, now }: { key: DomainKey; isThere: boolean; now: Date },
): Promise<void> {
  const row = await store.findDomain(tx, key, { locks: true });
  // Removed, or verified by email since.
  if (row?.verified_by !== 'dns') return;
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

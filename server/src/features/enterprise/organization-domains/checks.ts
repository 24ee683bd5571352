/** Checks verified domains again, warns while their proof is missing, and ends the verification after the grace. */
import type { OrganizationDomain } from '@aldaba/contract';
import type { Audit } from '../../../kernel/audit.ts';
import type { ResolveTxt } from '../../../kernel/dns.ts';
import type { Events } from '../../../kernel/events.ts';
import type { Log } from '../../../kernel/log.ts';
import type { Database, Sweep, Transaction } from '../../../store/index.ts';
import { isPublished } from './records.ts';
import { checkAfter, checkInterval, graceOf, retryInterval } from './rules.ts';
import type { DomainKey } from './store.ts';
import * as store from './store.ts';
import { proofOf, recordOf, toDomain } from './views.ts';
import { type WithdrawalNeeds, withdrawDomain } from './withdrawal.ts';

export interface DomainChecksNeeds extends WithdrawalNeeds {
  database: Database;
  log: Log;
  logs: Audit;
  events: Events<Transaction>;
  resolveTxt: ResolveTxt;
}

/** Checks the domains of all tenants that are due. Returns how many there were. */
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
    const until = new Date(time + retryInterval);
    const due = await store.takeDue(database.system, now, until);
    // Together: other background work waits for this round.
    const answers = await Promise.all(due.map(async (key) => ({ key, isThere: await lookUp(key) })));
    let count = 0;
    let failure: unknown;
    for (const { key, isThere } of answers) {
      if (isStopped()) break;
      try {
        await database.tenant(key.tenantId).transaction((tx) => conclude(needs, tx, { key, isThere, now, until }));
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
  { key, isThere, now, until }: { key: store.DueDomain; isThere: boolean | undefined; now: Date; until: Date },
): Promise<void> {
  const row = await store.findDomain(tx, key, { locks: true });
  const proof = row && proofOf(row);
  // Removed, added or proved again since it was taken.
  if (!row || !proof || row.next_check_at?.getTime() !== until.getTime()) return;
  if (isThere && proof === 'email')
    return void (await store.markVerified(tx, key, { by: 'dns', now, nextCheckAt: checkAfter('dns', now.getTime()) }));
  // Without an answer of the DNS, a record may be there. A confirmation ends by time.
  if (isThere === undefined && proof === 'dns') return;
  const nextCheckAt = new Date(now.getTime() + checkInterval);
  const missingSince = isThere ? null : (row.missing_since ?? now);
  if (missingSince !== null && now.getTime() - missingSince.getTime() >= graceOf(proof))
    return lose(needs, tx, { key, now });
  await store.markChecked(tx, key, { now, nextCheckAt, missingSince });
  if (missingSince === null) return;
  const domain = await get(tx, key);
  const warning = warnings[proof];
  await needs.events.publish(tx, warning.event, { data: domain });
  audit(needs, tx, warning.key, { key, params: { losesAt: domain.losesAt } });
}

const warnings = {
  dns: { event: 'OrganizationDomain.RecordMissing', key: 'Organization.MissDomainRecord' },
  email: { event: 'OrganizationDomain.ProofExpiring', key: 'Organization.AskDomainProof' },
} as const;

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
  key: (typeof warnings)['dns' | 'email']['key'] | 'Organization.LoseDomain',
  { key: { organizationId, domain }, params }: { key: DomainKey; params: object },
): void {
  tx.afterCommit(() =>
    logs.write(tx.tenantId, { key, result: 'Success', organizationId, params: { domain, ...params } }),
  );
}

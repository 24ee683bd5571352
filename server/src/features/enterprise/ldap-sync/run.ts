/**
 * One run of a sync: reads everyone by pages, keeps their accounts, and then suspends people who are missing, if the
 * directory said that this was all, and there are not too many of them.
 */
import type { LdapSyncCounts, LdapSyncRun } from '@aldaba/contract';
import { AldabaError } from '../../../kernel/errors.ts';
import type { Log } from '../../../kernel/log.ts';
import type { Queries, Transaction } from '../../../store/database.ts';
import type { SyncedDirectory } from '../sso-connectors/index.ts';
import { type createAccounts, digestOf, type ListedPerson, type Outcome } from './accounts.ts';
import * as people from './people-store.ts';
import { holdTurn, type Turn } from './store.ts';

export const noCounts: LdapSyncCounts = {
  ...{ read: 0, created: 0, linked: 0, updated: 0, unchanged: 0, restored: 0 },
  ...{ suspended: 0, missing: 0, failed: 0, unreadable: 0, referrals: 0 },
};

export interface RunNeeds {
  accounts: ReturnType<typeof createAccounts>;
  log: Log;
  /** Writes what became of a person to the audit log. */
  note: (key: 'Create' | 'Update' | 'Suspend' | 'Restore', userId: string) => void;
}

export interface RunGiven {
  q: Queries;
  turn: Turn;
  directory: SyncedDirectory;
  creates: boolean;
  /** How many people may be missing: a share of the known people, or the number that an operator gave. */
  allowedMissing: { percent: number } | { count: number };
  /** Referrals when the directory last listed everyone; null if it never did. */
  knownReferrals: number | null;
  /** Of the caller, who shows them while the sync runs. */
  counts: LdapSyncCounts;
  failures: LdapSyncRun['failures'];
  /** Throws when the run has to end. */
  checkTurn: () => void;
}

/** People that are asked for at a time, and accounts that are changed at a time. */
const pageSize = 200;
const concurrency = 4;
const maximumFailures = 10;

const keys: Partial<Record<Outcome, 'Create' | 'Update' | 'Restore'>> = {
  created: 'Create',
  linked: 'Update',
  updated: 'Update',
  restored: 'Restore',
};

/** Returns why no one was suspended, undefined if everything was done. @throws LdapError */
export async function runSync(needs: RunNeeds, given: RunGiven): Promise<LdapSyncRun['problem']> {
  const { directory: connector, counts, checkTurn } = given;
  const directory = await connector.open();
  try {
    for await (const page of directory.people(pageSize)) {
      checkTurn();
      counts.read += page.people.length + page.unreadable;
      counts.unreadable += page.unreadable;
      counts.referrals += page.references;
      await keepPage(needs, given, page.people);
    }
  } finally {
    directory.close();
  }
  checkTurn();
  return endAccess(needs, given);
}

/** Changes something as the run that has the turn. */
const changing = <T>({ q, turn }: RunGiven, work: (tx: Transaction) => Promise<T>): Promise<T> =>
  q.transaction(async (tx) => {
    await holdTurn(tx, turn);
    return work(tx);
  });

/** People who are as before cost one statement for the page. */
async function keepPage(needs: RunNeeds, given: RunGiven, page: readonly ListedPerson[]): Promise<void> {
  const { q, turn, directory, counts } = given;
  const ids = page.map(({ id }) => id);
  const known = new Map((await people.findPeople(q, turn.connectorId, ids)).map((each) => [each.identityId, each]));
  const isSame = (person: ListedPerson) => {
    const before = known.get(person.id);
    return before !== undefined && !before.hasSuspended && before.digest === digestOf(person, directory.row);
  };
  const same = page.filter(isSame);
  const seen = same.map(({ id }) => id);
  await changing(given, (tx) => people.markSeen(tx, turn, seen));
  counts.unchanged += same.length;
  const changed = page.filter((person) => !isSame(person));
  const work = async () => {
    for (let person = changed.shift(); person; person = changed.shift()) {
      given.checkTurn();
      await keepOne(needs, given, { person, known: known.get(person.id) });
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
}

/** A person who cannot be stored, e.g. because an address is another account's, does not keep others from it. */
async function keepOne(
  { accounts, note, log }: RunNeeds,
  run: RunGiven,
  given: { person: ListedPerson; known: people.KnownPerson | undefined },
): Promise<void> {
  const { turn, directory, creates, counts, failures } = run;
  const { row } = directory;
  try {
    const kept = await changing(run, (tx) => accounts.keep(tx, turn, { ...given, row, creates }));
    if (!kept) return;
    counts[kept.outcome] += 1;
    const key = keys[kept.outcome];
    if (key) note(key, kept.userId);
  } catch (error) {
    if (!(error instanceof AldabaError)) throw error;
    // Still there: someone who cannot be stored has not left.
    if (given.known) await changing(run, (tx) => people.markSeen(tx, turn, [given.person.id]));
    counts.failed += 1;
    if (failures.length < maximumFailures) failures.push({ id: given.person.id, code: error.code });
    log.warn({ connectorId: turn.connectorId, code: error.code }, 'A person of a directory could not be stored');
  }
}

async function endAccess({ accounts, note }: RunNeeds, run: RunGiven): Promise<LdapSyncRun['problem']> {
  const { q, turn, directory, counts, checkTurn } = run;
  const { known, missing } = await people.countMissing(q, turn);
  counts.missing = missing;
  if (counts.read === counts.unreadable && known > 0) {
    const message = 'The directory listed no one. Check userBaseDn, userFilter and the rights of the account';
    return { reason: 'empty', message };
  }
  const problem = tooManyMissing(run, { known, missing });
  if (problem) return problem;
  for (let after = ''; ; ) {
    const found = await people.findMissing(q, turn, after);
    for (const person of found) {
      checkTurn();
      if (!(await changing(run, (tx) => accounts.leave(tx, turn, person, directory.row)))) continue;
      counts.suspended += 1;
      note('Suspend', person.userId);
    }
    const last = found.at(-1);
    if (!last) return null;
    after = last.identityId;
  }
}

/** Why the people who are missing may not have left. */
function tooManyMissing(
  { counts, allowedMissing, knownReferrals }: RunGiven,
  { known, missing }: { known: number; missing: number },
): LdapSyncRun['problem'] {
  const isConfirmed = 'count' in allowedMissing;
  const allowed = isConfirmed ? allowedMissing.count : Math.max(1, Math.floor((known * allowedMissing.percent) / 100));
  if (missing > allowed) {
    const message = `${missing} of ${known} known people are missing, and at most ${allowed} may be. Run it with maximumMissing if they left`;
    return { reason: 'too-many-missing', message };
  }
  if (missing > 0 && !isConfirmed && counts.referrals > (knownReferrals ?? counts.referrals)) {
    const message = `The directory refers to ${counts.referrals} other servers, ${knownReferrals} before, and ${missing} known people are missing. Run it with maximumMissing if they left`;
    return { reason: 'more-referrals', message };
  }
  return null;
}

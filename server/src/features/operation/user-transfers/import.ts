import type { ErrorCode, ImportReport } from '@aldaba/contract';
import { AldabaError } from '../../../kernel/errors.ts';
import { shortId } from '../../../kernel/ids.ts';
import type { Transaction } from '../../../store/index.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import type { Line } from './lines.ts';
import type { UserTransfersNeeds } from './needs.ts';
import { type ImportOptions, type KeyKind, keysOf, readRecord } from './record.ts';
import * as store from './store.ts';

/** Lines of one transaction. */
const batchSize = 500;

interface Candidate {
  line: number;
  user: store.NewUser;
  /** Whether the line gives the id; otherwise it is generated. */
  hasOwnId: boolean;
}

interface Counts {
  created: number;
  skipped: number;
  refused: number;
}

const conflictOf = {
  username: 'user.username_already_in_use',
  email: 'user.email_already_in_use',
  phone: 'user.phone_already_in_use',
  identity: 'user.identity_already_in_use',
} as const satisfies Record<KeyKind, ErrorCode>;

const refusal = (line: number, error: AldabaError): ImportReport => ({
  line,
  status: 'refused',
  code: error.code,
  message: error.message,
});

/** Imports lines in batches of one transaction each. A rejected line does not affect the others. */
export async function* importUsers(
  needs: UserTransfersNeeds,
  tenant: Tenant,
  lines: AsyncIterable<Line>,
  options: ImportOptions & { fromLine?: number | undefined },
): AsyncGenerator<ImportReport> {
  const counts: Counts = { created: 0, skipped: 0, refused: 0 };
  let [batch, last, first]: [Line[], number, number] = [[], 0, options.fromLine ?? 1];
  const run = async () => {
    const reports = await importBatch(needs, tenant, { lines: batch, counts, options });
    batch = [];
    first = last + 1;
    return reports;
  };
  try {
    for await (const line of lines) {
      if (line.number < (options.fromLine ?? 1)) continue;
      last = line.number;
      if (batch.push(line) === batchSize) yield* await run();
    }
    if (batch.length > 0) yield* await run();
  } catch (error) {
    // The batch is rolled back. The response has started, so its last line reports the failure.
    needs.log.error({ err: error, line: first }, 'An import of users stopped');
    const { code, message } = error instanceof AldabaError ? error : new AldabaError('request.internal');
    yield { status: 'stopped', line: first, ...counts, code, message };
    return;
  }
  yield { status: 'finished', line: last, ...counts };
}

async function importBatch(
  needs: UserTransfersNeeds,
  tenant: Tenant,
  { lines, counts, options }: { lines: readonly Line[]; counts: Counts; options: ImportOptions },
): Promise<ImportReport[]> {
  const reports: ImportReport[] = [];
  const candidates: Candidate[] = [];
  for (const line of lines) {
    try {
      const record = readRecord(line, options);
      const user = { ...record, id: record.id ?? shortId() };
      candidates.push({ line: line.number, user, hasOwnId: record.id !== undefined });
    } catch (error) {
      if (!(error instanceof AldabaError)) throw error;
      reports.push(refusal(line.number, error));
    }
  }
  const outcome = await tenant.db.transaction(async (tx) => {
    const { fresh, skipped, refused } = await sort(tx, candidates);
    const { known, unknown } = await withMemberships(tx, fresh);
    const stored = await store.insertUsers(
      tx,
      known.map(({ user }) => user),
      new Date(needs.clock.now()),
    );
    const created = known.filter(({ user }) => stored.has(user.id));
    await store.insertIdentities(
      tx,
      created.map(({ user }) => user),
    );
    await needs.roles.assignDefaults(
      tx,
      created.map(({ user }) => user.id),
    );
    for (const { user } of created) await addMemberships(needs, tx, user);
    // Taken since the lookup, or twice in this batch with a different case.
    const lost = known
      .filter(({ user }) => !stored.has(user.id))
      .map(({ line }) => refusal(line, new AldabaError('entity.unique_integrity_violation', { field: 'value' })));
    return { created: created.length, skipped, reports: [...refused, ...unknown, ...lost] };
  });
  reports.push(...outcome.reports);
  counts.created += outcome.created;
  counts.skipped += outcome.skipped;
  counts.refused += reports.length;
  const lineOf = (report: ImportReport) => report.line;
  return reports.sort((a, b) => lineOf(a) - lineOf(b));
}

/** Separates new users from existing ones and from those whose identifiers belong to another user. */
async function sort(tx: Transaction, candidates: readonly Candidate[]) {
  const users = candidates.map(({ user }) => user);
  const texts = (values: (string | undefined)[]) => values.filter((value) => value !== undefined);
  const taken = await store.findTaken(tx, {
    ids: users.map(({ id }) => id),
    usernames: texts(users.map(({ username }) => username)),
    emails: texts(users.map(({ primaryEmail }) => primaryEmail?.toLowerCase())),
    phones: texts(users.map(({ primaryPhone }) => primaryPhone)),
    identities: users.flatMap(({ identities = {} }) =>
      Object.entries(identities).map(([target, { userId }]): [string, string] => [target, userId]),
    ),
  });
  const owners = new Map(taken.map(({ key, userId }) => [key, userId]));
  const fresh: Candidate[] = [];
  const refused: ImportReport[] = [];
  let skipped = 0;
  for (const candidate of candidates) {
    const { user, line, hasOwnId } = candidate;
    const keys = keysOf(user);
    const conflicts = keys.filter(([, key]) => owners.has(key));
    const ownerIds = new Set(conflicts.map(([, key]) => owners.get(key)));
    const isThere = hasOwnId ? owners.has(`id ${user.id}`) : ownerIds.size === 1 && conflicts.length === keys.length;
    const [conflict] = conflicts;
    if (isThere) skipped += 1;
    else if (conflict) refused.push(refusal(line, new AldabaError(conflictOf[conflict[0]])));
    else {
      fresh.push(candidate);
      for (const key of [`id ${user.id}`, ...keys.map(([, text]) => text)]) owners.set(key, user.id);
    }
  }
  return { fresh, skipped, refused };
}

/** Rejects users with unknown roles or organizations before anything is stored. Replaces role names by ids. */
async function withMemberships(tx: Transaction, candidates: readonly Candidate[]) {
  const users = candidates.map(({ user }) => user);
  const names = [...new Set(users.flatMap(({ roles = [] }) => roles))];
  const memberships = users.flatMap(({ organizations = [] }) => organizations);
  const organizationRoleNames = [...new Set(memberships.flatMap(({ roles = [] }) => roles))];
  const roleIds = names.length > 0 ? await store.findRoleIds(tx, names) : new Map<string, string>();
  const organizationRoleIds =
    organizationRoleNames.length > 0
      ? await store.findOrganizationRoleIds(tx, organizationRoleNames)
      : new Map<string, string>();
  const organizationIds =
    memberships.length > 0
      ? await store.findOrganizationIds(
          tx,
          memberships.map(({ id }) => id),
        )
      : new Set<string>();
  const known: Candidate[] = [];
  const unknown: ImportReport[] = [];
  for (const candidate of candidates) {
    const { roles = [], organizations = [] } = candidate.user;
    const missing =
      roles.find((name) => !roleIds.has(name)) ??
      organizations.find(({ id }) => !organizationIds.has(id))?.id ??
      organizations.flatMap((membership) => membership.roles ?? []).find((name) => !organizationRoleIds.has(name));
    if (missing !== undefined) {
      unknown.push({
        ...refusal(candidate.line, new AldabaError('entity.relation_foreign_key_not_found')),
        message: `There is no role or organization "${missing}". Create it first.`,
      } as ImportReport);
      continue;
    }
    const user = {
      ...candidate.user,
      roles: roles.map((name) => roleIds.get(name) ?? ''),
      organizations: organizations.map((membership) => ({
        id: membership.id,
        roles: (membership.roles ?? []).map((name) => organizationRoleIds.get(name) ?? ''),
      })),
    };
    known.push({ ...candidate, user });
  }
  return { known, unknown };
}

async function addMemberships(needs: UserTransfersNeeds, tx: Transaction, user: store.NewUser): Promise<void> {
  const { id, roles = [], organizations = [] } = user;
  if (roles.length > 0) await needs.roles.assign(tx, 'user', id, roles);
  for (const { id: organizationId, roles: roleIds = [] } of organizations) {
    await needs.organizations.addMembers(tx, 'user', organizationId, [id]);
    if (roleIds.length > 0)
      await needs.organizations.addRoles(tx, { kind: 'user', organizationId, ids: [id] }, roleIds);
  }
}

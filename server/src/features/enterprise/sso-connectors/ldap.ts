/**
 * Enterprise directories that speak LDAP: the server asks for the password, finds the person with the connector's
 * account, and binds as the person. The directory is authoritative for the addresses of the connector's domains.
 */
import type { LdapTest } from '@aldaba/contract';
import { AldabaError } from '../../../kernel/errors.ts';
import { createLimiter, type Limiter } from '../../../kernel/limiter.ts';
import type { Log } from '../../../kernel/log.ts';
import type { Connect } from '../../../kernel/outbound-socket.ts';
import { type LdapDeadline, LdapError, type LdapReason, withDeadline } from '../../../services/ldap/index.ts';
import {
  type LdapConfig,
  type LdapDirectory,
  type LdapGroups,
  type LdapPerson,
  openDirectory,
  settingsOf,
  signInLimits,
  signInTime,
  syncLimits,
} from '../ldap-directories/index.ts';
import type { SsoAnswer, SsoConnection } from './protocol.ts';

/** The issuer of a directory's identities: a change of its address or its tree does not change who its people are. */
const ldapIssuer = (connectorId: string): string => `urn:aldaba:ldap:${connectorId}`;

/** Who a person of a directory is. */
export const ldapAnswer = (connectorId: string, person: LdapPerson, groups: LdapGroups): SsoAnswer => ({
  issuer: ldapIssuer(connectorId),
  id: person.id,
  email: person.email,
  isEmailVerified: true,
  name: person.name,
  attributes: { ...person.attributes, ...groups, dn: person.dn },
});

/** Runs work with one of the connections to a directory. The wait for it counts toward the deadline. */
type LdapTurn = <T>(work: (deadline: LdapDeadline) => Promise<T>) => Promise<T>;

/** Gives each directory its own few connections, so that one that hangs delays its own sign-ins alone. */
export type LdapTurns = (tenantId: string, connectorId: string) => LdapTurn;

/** Sign-ins that ask one directory at a time, and that wait for a turn. */
const concurrency = 20;
const maximumQueue = 20;
/** Directories whose turns are remembered; more than that are few sign-ins each. */
const maximumKept = 10_000;

/** @param time milliseconds for everything that one turn asks */
export function createLdapTurns(time = signInTime): LdapTurns {
  const kept = new Map<string, Limiter>();
  return (tenantId, connectorId) => {
    const key = `${tenantId}/${connectorId}`;
    const known = kept.get(key) ?? createLimiter({ concurrency, maximumQueue });
    kept.delete(key);
    kept.set(key, known);
    if (kept.size > maximumKept) kept.delete(kept.keys().next().value as string);
    return (work) => withDeadline(time, (deadline) => known.run(() => work(deadline)));
  };
}

export function createLdapConnection(
  { id, config, domains }: { id: string; config: LdapConfig; domains: readonly string[] },
  { connect, log, take }: { connect: Connect; log: Log; take: LdapTurn },
): SsoConnection {
  const settings = settingsOf(config);
  const none = async (): Promise<never> => {
    throw new AldabaError('connector.not_implemented');
  };
  return {
    answersServer: false,
    begin: none,
    finish: none,
    prove: ({ username, password }, limited) =>
      take(async (deadline) => {
        const directory = await openDirectory(connect, settings, { limits: { ...signInLimits, deadline }, domains });
        try {
          const person = await directory.find(username);
          const key = person && { id: person.id, issuer: ldapIssuer(id), email: person.email };
          return await limited(key, async () => {
            const verdict = await directory.check(person, password);
            if (verdict === 'locked')
              log.info({ connectorId: id, identityId: person?.id }, 'A directory has locked the account of a person');
            // Said after the right password only: the person learns why, and the attempt does not count.
            if (verdict === 'password-expired') throw new AldabaError('single_sign_on.password_expired');
            if (verdict === 'disabled') throw new AldabaError('single_sign_on.account_disabled');
            return person && verdict === 'right' ? ldapAnswer(id, person, await directory.groupsOf(person)) : undefined;
          });
        } finally {
          directory.close();
        }
      }).catch((error: unknown) => {
        if (!(error instanceof LdapError)) throw error;
        const { reason, resultCode, message } = error;
        log.warn({ connectorId: id, reason, resultCode, detail: message }, 'A directory could not be asked');
        throw error.reason === 'time'
          ? new AldabaError('connector.timeout', undefined, { cause: error })
          : new AldabaError('connector.general', undefined, { cause: error });
      }),
  };
}

/** The member of the configuration that a failure is about. */
const memberOf: Partial<Record<LdapReason, string>> = {
  tls: 'caCertificate',
  starttls: 'startTls',
  confidentiality: 'startTls',
  account: 'bindPassword',
  credentials: 'bindPassword',
  'not-found': 'userBaseDn',
  access: 'bindDn',
};

/** Opens a directory to read everyone. @throws LdapError */
export const openForSync = (
  connect: Connect,
  { config, domains }: { config: LdapConfig; domains: readonly string[] },
) => openDirectory(connect, settingsOf(config), { limits: syncLimits, domains });

type Step = LdapTest['steps'][number];

const failed = (step: Step['step'], { reason, message }: LdapError): Step => ({
  ...{ step, ok: false, reason, message },
  member: step === 'person' ? 'userFilter' : (memberOf[reason] ?? 'url'),
});

/** Which step a failure to open a directory is of. */
const openingSteps = (error: LdapError): Step[] =>
  error.reason === 'account'
    ? [{ step: 'connection', ok: true }, failed('account', error)]
    : [failed('connection', error)];

const unlessOurs = (error: unknown): LdapError => {
  if (error instanceof LdapError) return error;
  throw error;
};

interface Tested {
  config: LdapConfig;
  domains: readonly string[];
  username?: string | undefined;
  deadline: LdapDeadline;
}

/** Asks a directory step by step, as a sign-in would, and says how each went. */
export async function testDirectory(
  connect: Connect,
  { config, domains, username, deadline }: Tested,
): Promise<LdapTest> {
  const steps: Step[] = [];
  const tried = async <T>(step: Step['step'], work: () => Promise<T>): Promise<T | undefined> => {
    try {
      const result = await work();
      steps.push({ step, ok: true });
      return result;
    } catch (error) {
      steps.push(failed(step, unlessOurs(error)));
      return undefined;
    }
  };
  const limits = { ...signInLimits, deadline };
  const opened = await openDirectory(connect, settingsOf(config), { limits, domains }).catch(unlessOurs);
  if (opened instanceof LdapError) return { ok: false, steps: openingSteps(opened) };
  steps.push({ step: 'connection', ok: true }, { step: 'account', ok: true });
  try {
    await tried('bases', opened.requireBases);
    const isReady = steps.every(({ ok }) => ok);
    const person =
      isReady && username !== undefined ? await tried('person', () => lookUp(opened, username)) : undefined;
    return { ok: steps.every(({ ok }) => ok), steps, ...(person ? { person } : {}) };
  } finally {
    opened.close();
  }
}

/** @throws LdapError `not-found` if no one, or more than one, has the name */
async function lookUp(directory: LdapDirectory, username: string): Promise<LdapTest['person']> {
  const person = await directory.find(username);
  if (!person) throw new LdapError('not-found', 'Not exactly one person has this name and an identifier');
  const { id, dn, email = null, name = null, attributes } = person;
  return { id, dn, email, name, attributes: { ...attributes, ...(await directory.groupsOf(person)) } };
}

/**
 * Asks a directory once before its configuration is stored.
 * @throws AldabaError `connector.invalid_config`, naming the member that has to be corrected
 */
export async function requireDirectory(connect: Connect, config: LdapConfig): Promise<void> {
  const { steps } = await withDeadline(signInTime, (deadline) =>
    testDirectory(connect, { config, domains: [], deadline }),
  );
  const problems = steps
    .filter(({ ok }) => !ok)
    .map(({ member = 'url', message = '', reason }) => ({ path: member, message, reason }));
  if (problems.length > 0) throw new AldabaError('connector.invalid_config', { problems });
}

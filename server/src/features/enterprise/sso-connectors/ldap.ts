/**
 * Enterprise directories that speak LDAP: the server asks for the password, finds the person with the connector's
 * account, and binds as the person. The directory is authoritative for the addresses of the connector's domains.
 */
import { AldabaError } from '../../../kernel/errors.ts';
import { createLimiter, type Limiter } from '../../../kernel/limiter.ts';
import type { Log } from '../../../kernel/log.ts';
import type { Connect } from '../../../kernel/outbound-socket.ts';
import { LdapError, type LdapReason } from '../../../services/ldap/index.ts';
import {
  type LdapConfig,
  type LdapGroups,
  type LdapPerson,
  openDirectory,
  settingsOf,
  signInLimits,
} from '../ldap-directories/index.ts';
import type { SsoAnswer, SsoConnection } from './protocol.ts';

/** The issuer of a directory's identities: a change of its address or its tree does not change who its people are. */
export const ldapIssuer = (connectorId: string): string => `urn:aldaba:ldap:${connectorId}`;

/** Who a person of a directory is. */
export const ldapAnswer = (connectorId: string, person: LdapPerson, groups: LdapGroups): SsoAnswer => ({
  issuer: ldapIssuer(connectorId),
  id: person.id,
  email: person.email,
  isEmailVerified: true,
  name: person.name,
  attributes: { ...person.attributes, ...groups, dn: person.dn },
});

/** Gives each directory its own few connections, so that one that hangs delays its own sign-ins alone. */
export type LdapTurns = (tenantId: string, connectorId: string) => Limiter['run'];

/** Sign-ins that ask one directory at a time, and that wait for a turn. */
const concurrency = 10;
const maximumQueue = 40;
/** Directories whose turns are remembered; more than that are few sign-ins each. */
const maximumKept = 10_000;

export function createLdapTurns(): LdapTurns {
  const kept = new Map<string, Limiter>();
  return (tenantId, connectorId) => {
    const key = `${tenantId}/${connectorId}`;
    const known = kept.get(key) ?? createLimiter({ concurrency, maximumQueue });
    kept.delete(key);
    kept.set(key, known);
    if (kept.size > maximumKept) kept.delete(kept.keys().next().value as string);
    return known.run;
  };
}

export function createLdapConnection(
  { id, config, domains }: { id: string; config: LdapConfig; domains: readonly string[] },
  { connect, log, take }: { connect: Connect; log: Log; take: Limiter['run'] },
): SsoConnection {
  const settings = settingsOf(config);
  const none = async (): Promise<never> => {
    throw new AldabaError('connector.not_implemented');
  };
  return {
    begin: none,
    finish: none,
    prove: ({ username, password }, limited) =>
      take(async () => {
        const directory = await openDirectory(connect, settings, { limits: signInLimits, domains });
        try {
          const person = await directory.find(username);
          const key = person && { id: person.id, issuer: ldapIssuer(id), email: person.email };
          return await limited(key, async () => {
            const isRight = await directory.accepts(person, password);
            return person && isRight ? ldapAnswer(id, person, await directory.groupsOf(person)) : undefined;
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

/**
 * Asks a directory once, as a sign-in would.
 * @throws AldabaError `connector.invalid_config`, naming the member that has to be corrected
 */
export async function requireDirectory(connect: Connect, config: LdapConfig): Promise<void> {
  try {
    const directory = await openDirectory(connect, settingsOf(config), { limits: signInLimits, domains: [] });
    try {
      await directory.requireBases();
    } finally {
      directory.close();
    }
  } catch (error) {
    if (!(error instanceof LdapError)) throw error;
    const problems = [{ path: memberOf[error.reason] ?? 'url', message: error.message, reason: error.reason }];
    throw new AldabaError('connector.invalid_config', { problems }, { cause: error });
  }
}

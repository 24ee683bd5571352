import { randomBytes } from 'node:crypto';
import type { Connect } from '../../../kernel/outbound-socket.ts';
import {
  anyEntry,
  type LdapAccountState,
  type LdapConnection,
  type LdapEntry,
  LdapError,
  type LdapLimits,
  openLdap,
  textsOf,
  withMemberInChain,
  withValue,
} from '../../../services/ldap/index.ts';
import type { LdapSettings } from './config.ts';
import { groupsOfEntry, isDisabled, type LdapGroups, type LdapPerson, personOf, wantedAttributes } from './person.ts';

/** A page of people, with what of it could not be read. */
interface PeoplePage {
  people: (LdapPerson & LdapGroups)[];
  /** Entries without an identifier. */
  unreadable: number;
  /** Referrals, which are not followed. */
  references: number;
}

/** What a directory says about a password: the right one may not be enough. */
type LdapVerdict = 'right' | 'wrong' | LdapAccountState;

/** A directory, connected as the account of the connector. Every method throws LdapError. */
export interface LdapDirectory {
  /** Who has what the user typed. Undefined if there is no such person, or more than one. */
  find: (login: string) => Promise<LdapPerson | undefined>;
  /**
   * Checks a person's password. Without a person, the directory is asked about an entry that does not exist, so that
   * the answer takes as many messages.
   */
  check: (person: LdapPerson | undefined, password: string) => Promise<LdapVerdict>;
  groupsOf: (person: LdapPerson) => Promise<LdapGroups>;
  /** Everyone, by pages; ends without an error only if the directory said that nothing is left. */
  people: (pageSize: number) => AsyncGenerator<PeoplePage>;
  /** @throws LdapError `not-found` if an entry that searches start from does not exist */
  requireBases: () => Promise<void>;
  close: () => void;
}

/** A user waits for the directory: short, and little is sent. */
export const signInLimits = { connect: 5000, answer: 5000, bytes: 1_048_576, pages: 1 } satisfies LdapLimits;

/** Milliseconds for everything that one sign-in asks, with the wait for a connection. */
export const signInTime = 10_000;

/** For a page of a sync, and for the pages of one: 10 million people. */
export const syncLimits: LdapLimits = { connect: 10_000, answer: 30_000, bytes: 16_777_216, pages: 50_000 };

/** @throws LdapError `account` if the directory refuses the connector's own name or password */
export async function openDirectory(
  connect: Connect,
  settings: LdapSettings,
  { limits, domains }: { limits: LdapLimits; domains: readonly string[] },
): Promise<LdapDirectory> {
  const connection = await openLdap(connect, settings.server, limits);
  try {
    await bindAccount(connection, settings);
  } catch (error) {
    connection.close();
    throw error;
  }
  return directoryOf(connection, settings, domains);
}

async function bindAccount(connection: LdapConnection, { account }: LdapSettings): Promise<void> {
  try {
    await connection.bind(account.dn, account.password);
  } catch (error) {
    if (!(error instanceof LdapError) || error.resultCode === undefined || error.reason === 'confidentiality')
      throw error;
    const why = error.state ? ` ${accountStates[error.state]}.` : '';
    throw new LdapError('account', `The account of the connector was refused.${why} ${error.message}`, {
      cause: error,
      resultCode: error.resultCode,
    });
  }
}

const accountStates: Readonly<Record<LdapAccountState, string>> = {
  locked: 'It is locked after too many wrong passwords',
  'password-expired': 'Its password has expired or must be changed',
  disabled: 'It is disabled, has expired, or may not sign in now',
};

/** Groups of a person that are read by a search. */
const maximumGroups = 1000;

/** Entries with one name that a sign-in looks at. */
const maximumNamesakes = 10;

/** The server is not able to say now, RFC 4511 appendix A.2. */
const unable: ReadonlySet<number> = new Set([1, 2, 3, 8, 11, 13, 51, 52, 80]);

function directoryOf(connection: LdapConnection, settings: LdapSettings, domains: readonly string[]): LdapDirectory {
  const { users, groups } = settings;
  const attributes = wantedAttributes(settings);
  const entries = new WeakMap<LdapPerson, LdapEntry>();
  // Windows shows its users a name as ACME\ada, where ada is in sAMAccountName.
  const nameOf = (login: string) => (users.isActiveDirectory && login.split('\\').at(-1)) || login;
  const read = (entry: LdapEntry) => {
    const person = personOf(settings, entry, domains);
    if (person) entries.set(person, entry);
    return person;
  };
  const groupsOf: LdapDirectory['groupsOf'] = async (person) => {
    if ('memberOf' in groups) {
      const entry = entries.get(person);
      return entry ? groupsOfEntry(entry, groups.memberOf) : { groups: [], groupDns: [] };
    }
    const filter = groups.isNested
      ? withMemberInChain(groups.filter, groups.member, person.dn)
      : withValue(groups.filter, [groups.member], person.dn);
    const search = { base: groups.base, scope: 'sub', filter, attributes: [groups.name] } as const;
    // Not by pages: a server keeps one position for each connection, which is the one among the people.
    const found = await connection.find(search, maximumGroups);
    if (found.length === maximumGroups) throw new LdapError('size', `A person has ${maximumGroups} groups or more`);
    const names = found.flatMap((entry) => textsOf(entry, groups.name));
    return { groups: [...new Set(names)].sort(), groupDns: found.map(({ dn }) => dn).sort() };
  };
  return {
    groupsOf,
    async find(login) {
      const filter = withValue(users.signInFilter, users.loginAttributes, nameOf(login));
      const found = await connection.find({ base: users.base, scope: 'sub', filter, attributes }, maximumNamesakes);
      // A name may be given to another person once the account of the first one is disabled.
      const enabled = found.filter((entry) => !isDisabled(entry));
      const [entry, ...others] = enabled.length > 0 ? enabled : found;
      return entry && others.length === 0 ? read(entry) : undefined;
    },
    async check(person, password) {
      const dn = person?.dn ?? `cn=${randomBytes(12).toString('hex')},${users.base}`;
      try {
        await connection.bind(dn, password);
      } catch (error) {
        if (!(error instanceof LdapError)) throw error;
        const { reason, resultCode, state } = error;
        const isRefusal = reason === 'credentials' || (resultCode !== undefined && !unable.has(resultCode));
        if (isRefusal) return (person && state) ?? 'wrong';
        throw error;
      }
      // The connection is the person's now, who may see less.
      await bindAccount(connection, settings);
      const entry = person && entries.get(person);
      if (!entry) return 'wrong';
      return isDisabled(entry) ? 'disabled' : 'right';
    },
    async *people(pageSize) {
      const search = { base: users.base, scope: 'sub', filter: users.filter, attributes } as const;
      for await (const { entries: found, references } of connection.pages(search, pageSize)) {
        const people: PeoplePage['people'] = [];
        for (const person of found.map(read)) if (person) people.push({ ...person, ...(await groupsOf(person)) });
        yield { people, unreadable: found.length - people.length, references };
      }
    },
    async requireBases() {
      for (const base of [users.base, ...('base' in groups ? [groups.base] : [])])
        await connection.find({ base, scope: 'base', filter: anyEntry(), attributes: ['1.1'] }, 1);
    },
    close: connection.close,
  };
}

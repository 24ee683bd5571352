import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Attribute, Change, Client } from 'ldapts';
import { ldif, makeCertificates } from './directory.ts';
import { startProgram } from './programs.ts';

type Values = string | Buffer | readonly (string | Buffer)[];

/**
 * The domain ACME of a company: Samba's Active Directory domain controller, from the distribution's packages, with its
 * own folder and an address of its own on loopback, because its ports cannot be chosen. It locks an account after 3
 * wrong passwords.
 */
export interface ActiveDirectory {
  /** On which it listens, at the ports of LDAP. */
  address: string;
  folder: string;
  base: string;
  /** The configuration of an enterprise connector for it, over TLS from the start. */
  config: Record<string, unknown>;
  /** Adds an account with the address and the password of the name; returns its distinguished name. */
  add: (name: string, attributes?: Record<string, Values>) => Promise<string>;
  /** Adds accounts without passwords. */
  addMany: (names: readonly string[]) => Promise<void>;
  /** Adds a group of these members, by their distinguished names; returns its own. */
  group: (name: string, members: readonly string[]) => Promise<string>;
  change: (dn: string, attributes: Record<string, Values>) => Promise<void>;
  /** Makes a password some years old. */
  agePassword: (dn: string) => void;
  move: (dn: string, to: string) => Promise<void>;
  remove: (dn: string) => Promise<void>;
  /** Attributes as the controller's own tools print them. */
  print: (name: string, attribute: string) => string;
  close: () => Promise<void>;
}

const base = 'DC=acme,DC=example';
const people = `OU=People,${base}`;
const administrator = { name: 'administrator@acme.example', password: 'Administers-the-domain-1' };

export const passwordOf = (name: string): string => `Password-of-${name}-1`;

/** What a person and an account of a program have in common ([MS-ADTS] section 2.2.16: 512 is a normal account). */
const neverExpires = 512 + 65_536;

/** Active Directory takes a password in quotation marks, in UTF-16 ([MS-ADTS] section 3.1.1.3.1.5). */
const unicodePassword = (password: string): Buffer => Buffer.from(`"${password}"`, 'utf16le');

const configuration = (folder: string, address: string) => `[global]
  netbios name = DC1
  realm = ACME.EXAMPLE
  workgroup = ACME
  server role = active directory domain controller
  server services = ldap
  interfaces = ${address}/24
  bind interfaces only = yes
  lock directory = ${folder}/domain
  private dir = ${folder}/domain/private
  state directory = ${folder}/domain/state
  cache directory = ${folder}/domain/cache
  ncalrpc dir = ${folder}/domain/ncalrpc
  pid directory = ${folder}
  logging = file
  log file = ${folder}/log
  tls certfile = ${folder}/server.pem
  tls keyfile = ${folder}/server.key
  tls cafile = ${folder}/ca.pem
`;

export async function startActiveDirectory(): Promise<ActiveDirectory> {
  assert.equal(process.getuid?.(), 0, 'A domain controller listens at port 389: run this suite as root');
  const folder = await mkdtemp(join(tmpdir(), 'aldaba-domain-'));
  const address = `127.${randomInt(64, 250)}.${randomInt(1, 250)}.2`;
  const run = (program: string, ...args: string[]) =>
    execFileSync(program, args, { cwd: folder, stdio: 'pipe', encoding: 'utf8' });
  run(
    ...(['samba-tool', 'domain', 'provision', '--use-rfc2307', '--realm=ACME.EXAMPLE', '--domain=ACME'] as const),
    ...['--server-role=dc', '--dns-backend=NONE', '--host-name=dc1', `--host-ip=${address}`],
    ...[`--adminpass=${administrator.password}`, `--targetdir=${folder}/domain`],
  );
  makeCertificates(folder, address);
  const settings = join(folder, 'smb.conf');
  await writeFile(settings, configuration(folder, address));
  run('samba-tool', 'domain', 'passwordsettings', 'set', '--account-lockout-threshold=3', '-s', settings);
  const database = join(folder, 'domain/private/sam.ldb');
  const program = startProgram('samba', ['-s', settings, '-i', '-M', 'single']);
  await listens(address, program.ended);
  const caCertificate = await readFile(join(folder, 'ca.pem'), 'utf8');
  const asAdmin = async <T>(work: (client: Client) => Promise<T>): Promise<T> => {
    const client = new Client({ url: `ldaps://${address}`, tlsOptions: { ca: [caCertificate] } });
    try {
      await client.bind(administrator.name, administrator.password);
      return await work(client);
    } finally {
      await client.unbind();
    }
  };
  const attributesOf = (given: Record<string, Values>): Attribute[] =>
    Object.entries(given).map(([type, values]) => new Attribute({ type, values: [values].flat() as string[] }));
  const account = <More extends Record<string, Values>>(name: string, more: More) => ({
    ...{ objectClass: 'user', sAMAccountName: name, userPrincipalName: `${name}@corp.acme.example` },
    ...{ mail: `${name}@acme.example`, displayName: `Person ${name}`, ...more },
  });
  const add = async (dn: string, attributes: Record<string, Values>) => {
    await asAdmin((client) => client.add(dn, attributesOf(attributes)));
    return dn;
  };
  const withPassword = (name: string) => ({
    unicodePwd: unicodePassword(passwordOf(name)),
    userAccountControl: String(neverExpires),
  });
  await add(people, { objectClass: 'organizationalUnit' });
  await add(`CN=aldaba,CN=Users,${base}`, account('aldaba', withPassword('aldaba')));
  return {
    ...{ address, folder, base },
    config: {
      ...{ directoryType: 'active-directory', url: `ldaps://${address}`, caCertificate, userBaseDn: people },
      ...{ bindDn: 'aldaba@corp.acme.example', bindPassword: passwordOf('aldaba') },
    },
    add: (name, more = {}) => add(`CN=Person ${name},${people}`, account(name, { ...withPassword(name), ...more })),
    async addMany(names) {
      // 32: the account needs no password.
      const entries = names.map((name) => ({
        dn: `CN=${name},${people}`,
        attributes: account(name, { userAccountControl: String(512 + 32) }),
      }));
      const file = join(folder, 'many.ldif');
      await writeFile(file, entries.map(ldif).join(''));
      run('ldbadd', '-H', database, file);
    },
    group: (name, member) =>
      add(`CN=${name},${people}`, {
        ...{ objectClass: 'group', sAMAccountName: name },
        ...(member.length > 0 ? { member } : {}),
      }),
    change: (dn, attributes) =>
      asAdmin((client) =>
        client.modify(
          dn,
          attributesOf(attributes).map((modification) => new Change({ operation: 'replace', modification })),
        ),
      ),
    agePassword(dn) {
      // Only with this control of Samba's own a time can be set (source4/dsdb/samdb/samdb.h).
      const control = '--controls=local_oid:1.3.6.1.4.1.7165.4.3.12:0';
      const input = `dn: ${dn}\nchangetype: modify\nreplace: pwdLastSet\npwdLastSet: 130000000000000000\n`;
      execFileSync('ldbmodify', ['-H', database, control], { input, stdio: ['pipe', 'pipe', 'pipe'] });
    },
    move: (dn, to) => asAdmin((client) => client.modifyDN(dn, to)),
    remove: (dn) => asAdmin((client) => client.del(dn)),
    print(name, attribute) {
      const printed = run('ldbsearch', '-H', database, `(sAMAccountName=${name})`, attribute);
      return new RegExp(`^${attribute}: (.+)$`, 'm').exec(printed)?.[1] ?? assert.fail(printed);
    },
    async close() {
      await program.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Waits until the server takes connections; it prints nothing then. */
async function listens(address: string, ended: Promise<unknown>): Promise<void> {
  let isRunning = true;
  void ended.then(() => {
    isRunning = false;
  });
  const tryOnce = () =>
    new Promise<boolean>((resolve) => {
      const socket = connect(636, address, () => resolve(true)).on('error', () => resolve(false));
      socket.once('connect', () => socket.end());
    });
  while (!(await tryOnce())) assert.ok(isRunning, 'Samba ended before it listened');
}

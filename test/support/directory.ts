import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Attribute, Change, Client, Control } from 'ldapts';
import { acceptsConnections, freePort, type Program, startProgram } from './programs.ts';

/** An entry of a directory: its name below the base, and its attributes. */
interface Entry {
  dn: string;
  attributes: Record<string, string | string[]>;
}

/**
 * The directory of a company on loopback: slapd (OpenLDAP), from the distribution's packages, with its own folder and
 * ports. It refuses reading without the account of the connector, and binds without encryption.
 */
export interface Directory {
  base: string;
  /** A password policy, for `pwdPolicySubentry` of a person: see there. */
  policy: string;
  /** Of the authority that signed the server's certificate. */
  caCertificate: string;
  ports: { ldap: number; ldaps: number };
  /** The configuration of an enterprise connector for it, over TLS from the start. */
  config: Record<string, unknown>;
  /** The same over StartTLS. */
  startTlsConfig: Record<string, unknown>;
  /** Adds a person; `uid` names the entry. */
  add: (uid: string, attributes?: Record<string, string | string[]>) => Promise<void>;
  change: (uid: string, attributes: Record<string, string | string[]>) => Promise<void>;
  remove: (uid: string) => Promise<void>;
  /** Sets the members of a group, which is created or, without members, deleted. */
  group: (name: string, uids: readonly string[]) => Promise<void>;
  /** Adds an entry below the people that refers to another server; returns its name. */
  refer: (name: string) => Promise<string>;
  removeReferral: (name: string) => Promise<void>;
  stop: () => Promise<void>;
  start: () => Promise<void>;
  close: () => Promise<void>;
}

const base = 'dc=acme,dc=example';
const people = `ou=people,${base}`;
const groups = `ou=groups,${base}`;
/** For people whose entry names it: passwords expire after a second, and 3 wrong ones lock the account. */
const policy = `cn=strict,${base}`;
const admin = { dn: `cn=admin,${base}`, password: 'the administrator of the directory' };
const account = { dn: `cn=aldaba,${base}`, password: 'the account of the connector' };

const schemas = ['core', 'cosine', 'inetorgperson'].map((name) => `include /etc/ldap/schema/${name}.schema`);
const configuration = (folder: string, listsAtMost: number | undefined) => `${schemas.join('\n')}
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload memberof
moduleload ppolicy
pidfile ${folder}/slapd.pid
argsfile ${folder}/slapd.args
TLSCACertificateFile ${folder}/ca.pem
TLSCertificateFile ${folder}/server.pem
TLSCertificateKeyFile ${folder}/server.key
security simple_bind=128
allow bind_anon_dn
sizelimit size.soft=400 size.hard=400 size.pr=400 size.prtotal=${listsAtMost ?? 'unlimited'}
database mdb
suffix "${base}"
rootdn "${admin.dn}"
rootpw "${admin.password}"
directory ${folder}/data
maxsize 268435456
dbnosync
index objectClass,entryUUID,mail,uid,member eq
overlay memberof
overlay ppolicy
ppolicy_use_lockout
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="${account.dn}" read by self read by * none
`;

export const ldif = ({ dn, attributes }: Entry): string =>
  [
    `dn: ${dn}`,
    ...Object.entries(attributes).flatMap(([name, values]) =>
      [values].flat().map((value) => `${name}:: ${Buffer.from(value).toString('base64')}`),
    ),
    '',
    '',
  ].join('\n');

/** The name of a person's entry, written as RFC 4514 asks for. */
const nameOf = (uid: string): string => `uid=${uid.replaceAll(/[,+"\\<>;=#]/g, (found) => `\\${found}`)},${people}`;

const personOf = (uid: string, given: Record<string, string | string[]> = {}): Entry => ({
  dn: nameOf(uid),
  attributes: {
    objectClass: 'inetOrgPerson',
    ...{ uid, sn: uid, cn: `Person ${uid}`, mail: `${uid}@acme.example`, userPassword: `password of ${uid}` },
    ...given,
  },
});

/**
 * @param options `people`: how many are there from the start, named `p0001` and so on; `listsAtMost`: entries that a
 *   search by pages gets in all
 */
export async function startDirectory(options: { people?: number; listsAtMost?: number } = {}): Promise<Directory> {
  const folder = await mkdtemp(join(tmpdir(), 'aldaba-slapd-'));
  await mkdir(join(folder, 'data'));
  await writeFile(join(folder, 'slapd.conf'), configuration(folder, options.listsAtMost));
  makeCertificates(folder, '127.0.0.1');
  const many = Array.from({ length: options.people ?? 0 }, (_, at) => `p${String(at + 1).padStart(4, '0')}`);
  const entries: Entry[] = [
    { dn: base, attributes: { objectClass: ['dcObject', 'organization'], dc: 'acme', o: 'Acme' } },
    { dn: people, attributes: { objectClass: 'organizationalUnit', ou: 'people' } },
    { dn: groups, attributes: { objectClass: 'organizationalUnit', ou: 'groups' } },
    {
      dn: account.dn,
      attributes: { objectClass: 'person', cn: 'aldaba', sn: 'aldaba', userPassword: account.password },
    },
    {
      dn: policy,
      attributes: {
        ...{ objectClass: ['device', 'pwdPolicy'], cn: 'strict', pwdAttribute: 'userPassword' },
        ...{ pwdMustChange: 'TRUE', pwdMaxAge: '1', pwdLockout: 'TRUE', pwdMaxFailure: '3' },
      },
    },
    ...many.map((uid) => personOf(uid)),
  ];
  await writeFile(join(folder, 'start.ldif'), entries.map(ldif).join(''));
  execFileSync('/usr/sbin/slapadd', ['-q', '-f', join(folder, 'slapd.conf'), '-l', join(folder, 'start.ldif')]);
  const ports = { ldap: await freePort(), ldaps: await freePort() };
  let program: Program | undefined;
  const start = async () => {
    const addresses = `ldap://127.0.0.1:${ports.ldap}/ ldaps://127.0.0.1:${ports.ldaps}/`;
    program = startProgram('/usr/sbin/slapd', ['-d', 'none', '-h', addresses, '-f', join(folder, 'slapd.conf')]);
    // It says that it starts before it accepts connections.
    await program.says(/slapd starting/);
    await Promise.all([acceptsConnections(ports.ldap), acceptsConnections(ports.ldaps)]);
  };
  const stop = async () => program?.stop();
  await start();
  const caCertificate = await readFile(join(folder, 'ca.pem'), 'utf8');
  const asAdmin = async (work: (client: Client) => Promise<unknown>) => {
    const client = new Client({ url: `ldaps://127.0.0.1:${ports.ldaps}`, tlsOptions: { ca: [caCertificate] } });
    try {
      await client.bind(admin.dn, admin.password);
      await work(client);
    } finally {
      await client.unbind();
    }
  };
  const set = (dn: string, attributes: Record<string, string | string[]>) =>
    asAdmin((client) =>
      client.modify(
        dn,
        Object.entries(attributes).map(
          ([type, values]) =>
            new Change({ operation: 'replace', modification: new Attribute({ type, values: [values].flat() }) }),
        ),
      ),
    );
  const common = {
    ...{ caCertificate, bindDn: account.dn, bindPassword: account.password, userBaseDn: people },
  };
  return {
    ...{ base, policy, caCertificate, ports, start, stop },
    config: { url: `ldaps://127.0.0.1:${ports.ldaps}`, ...common },
    startTlsConfig: { url: `ldap://127.0.0.1:${ports.ldap}`, ...common },
    add(uid, attributes) {
      const entry = personOf(uid, attributes);
      return asAdmin((client) => client.add(entry.dn, entry.attributes));
    },
    change: (uid, attributes) => set(nameOf(uid), attributes),
    remove: (uid) => asAdmin((client) => client.del(nameOf(uid))),
    async group(name, uids) {
      const dn = `cn=${name},${groups}`;
      const member = uids.map(nameOf);
      await asAdmin(async (client) => {
        const { searchEntries } = await client.search(groups, { filter: `(cn=${name})` });
        if (searchEntries.length > 0) await client.del(dn);
        if (member.length > 0) await client.add(dn, { objectClass: 'groupOfNames', cn: name, member });
      });
    },
    async refer(name) {
      const dn = `ou=${name},${people}`;
      const ref = `ldap://elsewhere.example/${dn}`;
      await asAdmin((client) => client.add(dn, { objectClass: ['referral', 'extensibleObject'], ou: name, ref }));
      return dn;
    },
    // With this control, the entry itself is meant (RFC 3296).
    removeReferral: (name) =>
      asAdmin((client) => client.del(`ou=${name},${people}`, new Control('2.16.840.1.113730.3.4.2'))),
    async close() {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** An authority (`ca.pem`), and a certificate for an address that it signed (`server.pem`, `server.key`). */
export function makeCertificates(folder: string, address: string): void {
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=Acme authority');
  const names = ['-addext', `subjectAltName=IP:${address}`];
  openssl('req', ...key, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=directory', ...names);
  const signing = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-copy_extensions', 'copy'];
  openssl('x509', '-req', '-in', 'server.csr', ...signing, '-out', 'server.pem', '-days', '2');
}

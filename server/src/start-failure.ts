import { userInfo } from 'node:os';
import type { Config } from './config.ts';
import { AldabaError } from './kernel/errors.ts';
import { sqlStateOf } from './store/failures.ts';

/*
 * The message an operator reads when Aldaba cannot start: the variable and the remedy, never the words of a driver,
 * which may contain parts of a password. Only this file turns codes of the system and of PostgreSQL into sentences.
 */

/** The settings that the messages name. */
type Settings = Pick<Config, 'DATABASE_URL' | 'DATABASE_POOL_SIZE' | 'PORT' | 'HOST'>;

/** An error that is already a sentence for the operator. */
export class StartFailure extends Error {}

/** Any failure of a start, or of a command that could not begin, as a sentence. */
export function explainStart(error: unknown, settings: Settings | undefined): string {
  if (error instanceof StartFailure) return error.message;
  const sentence = settings?.DATABASE_URL === undefined ? undefined : databaseSentence(error, settings);
  if (sentence !== undefined) return sentence;
  // The cause says more than “the database cannot be reached”.
  if (error instanceof AldabaError && error.cause instanceof Error) return explainStart(error.cause, settings);
  return error instanceof Error ? error.message : String(error);
}

const roleHelp = 'docs/operate/production.md, “The role in PostgreSQL”, shows the commands.';

/** What keeps the database of `DATABASE_URL` from being used; undefined for other failures. */
function databaseSentence(error: unknown, settings: Settings): string | undefined {
  const { place, user, database } = partsOf(settings.DATABASE_URL ?? '');
  const state = sqlStateOf(error);
  const sentences: Readonly<Record<string, string>> = {
    '28P01': `PostgreSQL at ${place} rejects the password of the user “${user}”. Correct it in DATABASE_URL. ${roleHelp}`,
    '28000': `PostgreSQL at ${place} does not accept the user “${user}”: the role does not exist, or pg_hba.conf has no entry for it. Correct DATABASE_URL, or create the role. ${roleHelp}`,
    '3D000': `PostgreSQL at ${place} has no database “${database}”. Create it, or correct its name in DATABASE_URL. ${roleHelp}`,
    '42501': `The user “${user}” of DATABASE_URL has no permission to create or use the tables of Aldaba in “${database}”. Make it the owner of the database: alter database … owner to …. ${roleHelp}`,
    '53300': `PostgreSQL at ${place} has no free connections. Raise max_connections in PostgreSQL or lower DATABASE_POOL_SIZE (now ${settings.DATABASE_POOL_SIZE}).`,
    '53100': `The disk of PostgreSQL at ${place} is full. Free disk space, then start again.`,
    '57P03': `PostgreSQL at ${place} is starting or stopping. Start again in a moment, or raise DATABASE_WAIT.`,
    '25006': `PostgreSQL at ${place} is a read-only standby. Set DATABASE_URL to the primary.`,
  };
  if (state !== undefined)
    return (
      sentences[state] ??
      `PostgreSQL at ${place} cannot be used (SQLSTATE ${state}). Check DATABASE_URL; LOG_LEVEL=debug shows more.`
    );
  return connectionSentence(error, { place, user });
}

/** Failures before PostgreSQL has said anything. */
function connectionSentence(error: unknown, { place, user }: { place: string; user: string }): string | undefined {
  const { code, message } = systemError(error);
  if (/password must be a string/i.test(message))
    return `PostgreSQL at ${place} requires a password, and DATABASE_URL has none for the user “${user}”. ${roleHelp}`;
  if (/does not support SSL/i.test(message))
    return `PostgreSQL at ${place} does not support TLS, and DATABASE_URL requires it. Remove sslmode from DATABASE_URL or enable TLS in PostgreSQL.`;
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME/.test(code))
    return `The certificate of PostgreSQL at ${place} is not trusted (${code}). Set sslrootcert in DATABASE_URL to the certificate of its authority.`;
  switch (code) {
    case 'ECONNREFUSED':
    case 'ENOENT':
      return `PostgreSQL does not answer at ${place}. Start it, or correct host and port in DATABASE_URL.`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `The host of DATABASE_URL, ${place}, cannot be resolved. Correct the host name or the DNS settings of this machine.`;
    case 'EACCES':
      return `This user has no permission to connect to PostgreSQL at ${place}. Correct DATABASE_URL or the permissions of the socket.`;
    case 'ECONNRESET':
    case 'EPIPE':
      return `The server at ${place} closed the connection: it is not PostgreSQL, or it does not accept connections from this machine. Correct DATABASE_URL.`;
    default:
  }
  const silent = /^E(TIMEDOUT|HOSTUNREACH|NETUNREACH|ADDRNOTAVAIL)$/.test(code) || /timeout|terminated/i.test(message);
  return silent
    ? `PostgreSQL does not answer at ${place} in time. Correct host and port in DATABASE_URL, or allow this machine in the firewall.`
    : undefined;
}

/** Code and message of the first error of the chain that carries a code of the system, or of the last one. */
function systemError(error: unknown): { code: string; message: string } {
  let message = '';
  for (let each = error; each instanceof Error; each = each.cause) {
    // A host with several addresses fails with all of their errors at once.
    const first = each instanceof AggregateError ? each.errors[0] : each;
    const { code } = first as { code?: unknown };
    message = each.message;
    if (typeof code === 'string') return { code, message };
  }
  return { code: '', message };
}

/** The parts of the URL that are safe to show. */
function partsOf(databaseUrl: string): { place: string; user: string; database: string } {
  const url = new URL(databaseUrl.replace('@/', '@localhost/'));
  const user = decodeURIComponent(url.username) || userInfo().username;
  const database = decodeURIComponent(url.pathname.slice(1)) || user;
  const socket = url.searchParams.get('host');
  return { place: socket ?? `${url.hostname || 'localhost'}:${url.port || 5432}`, user, database };
}

/** The data folder cannot be made or written. */
export function folderFailure(path: string, error: unknown): StartFailure {
  const { code } = systemError(error);
  const reasons: Readonly<Record<string, string>> = {
    EACCES: `is not writable for this user (${userInfo().username}). Change its owner`,
    EPERM: `is not writable for this user (${userInfo().username}). Change its owner`,
    EROFS: 'is on a read-only file system. Make it writable',
    ENOSPC: 'is on a full disk. Free disk space',
    EDQUOT: 'exceeds the disk quota of this user. Free disk space',
    EEXIST: 'is a file. Move it',
    ENOTDIR: 'has a file in its path. Move it',
  };
  const reason = reasons[code] ?? `cannot be used (${code || 'unknown reason'}). Fix it`;
  return new StartFailure(`The data folder ${path} ${reason}, or set ALDABA_DATA to another folder.`);
}

/** The port or the address cannot be listened on. */
export function listenFailure({ PORT, HOST }: Settings, error: unknown): StartFailure {
  const { code } = systemError(error);
  if (code === 'EADDRINUSE')
    return new StartFailure(
      `Port ${PORT} is in use by another program. Stop it or choose another port: PORT=${PORT + 1} npm start`,
    );
  if (code === 'EACCES')
    return new StartFailure(
      `This user has no permission to listen on port ${PORT}. Choose a port above 1023: PORT=3001 npm start`,
    );
  return new StartFailure(
    `HOST: this machine has no address “${HOST}”. Use 0.0.0.0 for all addresses, 127.0.0.1 for this machine only, or an address of this machine.`,
  );
}

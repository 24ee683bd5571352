/** The bundled database cannot be used. The message tells an operator what to do and contains no secrets. */
export class EmbeddedDatabaseError extends Error {
  override readonly name = 'EmbeddedDatabaseError';
}

/** Converts PostgreSQL's output into a sentence that says what to do. `where` is the folder concerned. */
export function explainFailure(what: string, where: string, output: string): EmbeddedDatabaseError {
  const lines = output.trim().split('\n').slice(-8).join('\n');
  const advice =
    failures.find(({ sign }) => sign.test(output))?.advice(where) ?? 'Or set DATABASE_URL to your own PostgreSQL.';
  return new EmbeddedDatabaseError(`${what} ${advice}${lines ? `\nDetails:\n${lines}` : ''}`);
}

const failures: { sign: RegExp; advice: (where: string) => string }[] = [
  {
    sign: /No space left on device|ENOSPC|Disk quota exceeded/i,
    advice: (where) => `The disk is full. Free some space in ${where}, then start again.`,
  },
  {
    sign: /Permission denied|EACCES|Operation not permitted/i,
    advice: (where) =>
      `This user has no access to ${where}. Change the folder's owner, or set ALDABA_DATA to another folder.`,
  },
  {
    sign: /Read-only file system|EROFS/i,
    advice: (where) => `${where} is read-only. Set ALDABA_DATA to a writable folder.`,
  },
  {
    sign: /could not create shared memory|could not resize shared memory/i,
    advice: () => 'The machine has no shared memory left. Free some, or enlarge /dev/shm.',
  },
  {
    sign: /could not look up effective user ID/i,
    advice: () =>
      'This user has no name on the machine (no line in /etc/passwd). Start Aldaba as a user with a name, or set DATABASE_URL.',
  },
  {
    sign: /error while loading shared libraries|GLIBC_|No such file or directory.*ld-linux/i,
    advice: () =>
      'The bundled PostgreSQL needs Linux with glibc. Use such a system, or set DATABASE_URL to your own PostgreSQL.',
  },
];

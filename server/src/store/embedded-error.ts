/** The bundled database cannot be used. The message is for an operator and says what to do; it contains no secrets. */
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
    advice: (where) => `The disk is full: make room in ${where}, then start again.`,
  },
  {
    sign: /Permission denied|EACCES|Operation not permitted/i,
    advice: (where) => `This user may not use ${where}: give it the folder, or set ALDABA_DATA to another one.`,
  },
  {
    sign: /Read-only file system|EROFS/i,
    advice: (where) => `${where} cannot be written: set ALDABA_DATA to a folder that can.`,
  },
  {
    sign: /could not create shared memory|could not resize shared memory/i,
    advice: () => 'The machine has no shared memory left: free some, or enlarge /dev/shm.',
  },
  {
    sign: /could not look up effective user ID/i,
    advice: () =>
      'This user has no name on the machine (no line in /etc/passwd): run as one that has, or set DATABASE_URL.',
  },
  {
    sign: /error while loading shared libraries|GLIBC_|No such file or directory.*ld-linux/i,
    advice: () =>
      'The bundled PostgreSQL needs a Linux with glibc: use one, or set DATABASE_URL to your own PostgreSQL.',
  },
];

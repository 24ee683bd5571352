/**
 * Breached passwords: whether a password is in a list of leaked ones, in addition to the bundled list of common ones
 * (passwords/rules.ts).
 *
 * Two sources, asked in this order: a file on this machine that `aldaba passwords import` built (`file.ts`,
 * `import-list.ts`), and a range service that gets five digits of the password's hash (`range-service.ts`). Owns the
 * file's format and the rule that a source that does not answer rejects no password. Does not own the policy: the
 * passwords service asks for policies with `rejects.pwned`.
 */
export { breachedPasswordsFile, DamagedFile, fileHas, verifyFile } from './file.ts';
export { importList } from './import-list.ts';
export { WrongLine } from './list-lines.ts';
export { createBreachedPasswords } from './service.ts';

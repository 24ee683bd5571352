import { createHash } from 'node:crypto';
import type { Clock } from '../../kernel/clock.ts';
import type { Log } from '../../kernel/log.ts';
import type { Fetch } from '../../kernel/outbound.ts';
import { normalizePassword } from '../../kernel/text.ts';
import { fileHas } from './file.ts';
import { createRangeService } from './range-service.ts';

export interface BreachedPasswordsNeeds {
  /** Path of the imported file, which need not exist. */
  file: string;
  /** Address of the range service; without one, none is asked. */
  rangeUrl: string | undefined;
  outbound: Fetch;
  clock: Clock;
  log: Log;
}

/** Whether a password is known from a breach. Never throws: a source that does not answer knows no password. */
type BreachedPasswords = (password: string) => Promise<boolean>;

export function createBreachedPasswords(needs: BreachedPasswordsNeeds): BreachedPasswords {
  const { file, rangeUrl, log } = needs;
  const rangeHas = rangeUrl === undefined ? undefined : createRangeService({ ...needs, url: rangeUrl });
  return async (password) => {
    // SHA-1 is the key of the published lists; it protects nothing here.
    const hash = createHash('sha1').update(normalizePassword(password)).digest();
    try {
      if (await fileHas(file, hash)) return true;
    } catch (error) {
      log.warn({ err: error, file }, 'The file of breached passwords could not be read; import it again');
    }
    return (await rangeHas?.(hash.toString('hex').toUpperCase())) ?? false;
  };
}

import type { UserLogtoConfig } from '@aldaba/contract';
import { AldabaError } from '../../../kernel/errors.ts';
import type { Queries } from '../../../store/index.ts';
import * as store from './settings-store.ts';

/** Members that are set replace stored ones; undefined ones stay. */
export interface LogtoConfigPatch {
  mfa?: Record<string, boolean | undefined> | undefined;
  passkeySignIn?: Record<string, boolean | undefined> | undefined;
}

/** @throws AldabaError `entity.not_found` */
export async function getLogtoConfig(q: Queries, userId: string): Promise<UserLogtoConfig> {
  return toConfig(await store.findLogtoConfig(q, userId));
}

/** @throws AldabaError `entity.not_found` */
export async function updateLogtoConfig(q: Queries, userId: string, patch: LogtoConfigPatch): Promise<UserLogtoConfig> {
  return toConfig(await store.mergeLogtoConfig(q, userId, patch));
}

function toConfig(stored: store.StoredLogtoConfig | undefined): UserLogtoConfig {
  if (!stored) throw new AldabaError('entity.not_found');
  const { mfa = {}, passkeySignIn = {} } = stored;
  return {
    mfa: {
      enabled: mfa.enabled === true,
      skipped: mfa.skipped === true,
      skipMfaOnSignIn: mfa.skipMfaOnSignIn === true,
    },
    passkeySignIn: { skipped: passkeySignIn.skipped === true },
  };
}

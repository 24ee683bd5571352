import type { NewFactor } from '../../../features/people/mfa-verifications/index.ts';
import { defineFactor } from '../../machine/factor.ts';

interface BackupCodeRecords {
  proofs: {
    BackupCode: { userId: string; factorId: string };
    NewBackupCodes: { factor: Extract<NewFactor, { type: 'BackupCode' }> };
  };
  challenges: object;
}

export const backupCode = defineFactor<BackupCodeRecords>()({
  second: { type: 'BackupCode', order: 50, isBackup: true },
  proofs: {
    BackupCode: { role: 'second', amr: 'otp', logName: 'BackupCode' },
    NewBackupCodes: { role: 'new', logName: 'BackupCode', isGenerated: true },
  },
});

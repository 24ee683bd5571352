/** Backup codes: a list that the server generates, each code of which counts once. */
import { attemptAs, newRecord, type SecondFactor, type SecondFactorNeeds } from '../second-factor.ts';

export function createBackupCode({ secondFactors, attempts, clock }: SecondFactorNeeds) {
  return {
    show: {
      async verify(subject, { code = '' }) {
        const { tenant, user } = subject;
        const check = () => secondFactors.useBackupCode(tenant, user.id, code);
        const factorId = await attemptAs(attempts, subject, 'session.mfa.invalid_backup_code', check);
        return { ...newRecord(clock), type: 'BackupCode', userId: user.id, factorId };
      },
    },
    bind: {
      begin({ tenant }) {
        const { codes, codesSealed } = secondFactors.newBackupCodes(tenant);
        const factor = { type: 'BackupCode' as const, codesSealed };
        return { proof: { ...newRecord(clock), type: 'NewBackupCodes', factor }, shown: { codes } };
      },
      resume({ tenant }, { proofs }) {
        const made = proofs.find((proof) => proof.type === 'NewBackupCodes' && !proof.used);
        if (made?.type !== 'NewBackupCodes') return undefined;
        return { codes: secondFactors.showNewBackupCodes(tenant, made.factor.codesSealed) };
      },
    },
    bindingView: ({ codes }) => ({ kind: 'backup-codes', codes }),
  } satisfies SecondFactor<object, { codes: string[] }>;
}

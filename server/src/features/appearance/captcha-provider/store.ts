import { deleteExpired, type Queries } from '../../../store/index.ts';

/** Records an answer; false if it was recorded before. Of concurrent calls, one returns true. */
export async function recordAnswer(q: Queries, answerHash: string, expiresAt: Date): Promise<boolean> {
  const rows = await q.raw(
    `insert into captcha_answers (tenant_id, answer_hash, expires_at) values ($1, $2, $3)
     on conflict do nothing returning 1`,
    [q.tenantId, answerHash, expiresAt],
  );
  return rows.length > 0;
}

/** Deletes the answers of all tenants that are too old to be accepted. */
export const sweepCaptchaAnswers = (system: Queries, now: number, isStopped: () => boolean): Promise<number> =>
  deleteExpired(system, { table: 'captcha_answers', values: [new Date(now)] }, isStopped);

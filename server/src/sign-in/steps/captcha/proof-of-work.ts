/**
 * A captcha without a third party: the browser finds a number by trying, which costs a person nothing and a program
 * time at each sign-in. The server keeps nothing: the seal holds the number and counts for one sign-in only.
 */
import { createHash, randomBytes, randomInt } from 'node:crypto';
import type { ProofOfWorkChallenge } from '@aldaba/contract';
import type { Vault } from '../../../kernel/crypto.ts';
import type { Interaction } from '../../port.ts';

/** Half of it is tried on average: 0.1 s of a server's processor with the code of the page. */
const limit = 50_000;
/** Milliseconds. */
const lifetime = 300_000;

interface Context {
  vault: Vault;
  now: number;
  interaction: Pick<Interaction, 'tenant' | 'uidHash'>;
}
const contextOf = ({ interaction: { tenant, uidHash } }: Context) => `${tenant.id}/captcha/${uidHash}`;

export function createChallenge(context: Context): ProofOfWorkChallenge {
  const number = randomInt(limit);
  const salt = randomBytes(12).toString('hex');
  return {
    type: 'ProofOfWork',
    algorithm: 'SHA-256',
    salt,
    digest: createHash('sha256').update(`${salt}${number}`).digest('hex'),
    limit,
    seal: context.vault.seal(`${context.now + lifetime}.${number}`, contextOf(context)),
  };
}

/** Why an answer is wrong, for the audit log; undefined for a right one. */
export function failureOf(answer: string, context: Context): string | undefined {
  const [, number, seal] = /^(\d{1,9})\.(\S+)$/.exec(answer) ?? [];
  if (number === undefined || seal === undefined) return 'malformed';
  const [expiresAt, expected] = open(seal, context)?.split('.') ?? [];
  if (expiresAt === undefined || expected === undefined) return 'not of this sign-in';
  if (Number(expiresAt) < context.now) return 'expired';
  // Not a secret to compare in constant time: the digest tells it to anyone who tries.
  return number === expected ? undefined : 'wrong number';
}

function open(seal: string, context: Context): string | undefined {
  try {
    return context.vault.open(seal, contextOf(context));
  } catch {
    return undefined;
  }
}

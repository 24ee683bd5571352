import { standardId } from '../../kernel/ids.ts';
import type { Origin } from '../store/origins.ts';

export type { Origin } from '../store/origins.ts';

const letters: Record<Origin['kind'], string> = { grant: 'g', session: 's', personal: 'p', impersonation: 'i' };
const kinds = new Map(Object.entries(letters).map(([kind, letter]) => [letter, kind as Origin['kind']]));

/** The `jti` of a JWT access token: a random id and, for a user's token, its origin. Opaque to resource servers. */
export const tokenId = (origin: Origin | undefined): string =>
  origin ? `${standardId()}.${letters[origin.kind]}.${origin.id}` : standardId();

/** Whether an operator issued the credential, so that no sign-in is behind it. */
export const isSessionless = ({ kind }: Origin): boolean => kind === 'personal' || kind === 'impersonation';

/** The origin in a signed `jti`; undefined for tokens without one. */
export function readOrigin(jti: unknown): Origin | undefined {
  if (typeof jti !== 'string') return undefined;
  const [, letter = '', id] = jti.split('.');
  const kind = kinds.get(letter);
  return kind && id ? { kind, id } : undefined;
}

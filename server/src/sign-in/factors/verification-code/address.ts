import { normalizeIdentifier } from '../../../kernel/identifiers.ts';
import type { Address } from '../../machine/state.ts';

/** Whether two addresses are one, as with the addresses of accounts. */
export const isSameAddress = (a: Address, b: Address): boolean =>
  a.type === b.type && normalizeIdentifier(a).value.toLowerCase() === normalizeIdentifier(b).value.toLowerCase();

/**
 * An address for prompts: recognised by the one whose it is, of no use to others. `a****@example.com`, `****4567`; always
 * four stars, so that they do not tell the length.
 */
export function maskAddress({ type, value }: Address): string {
  if (type === 'phone') return `****${value.length > 4 ? value.slice(-4) : ''}`;
  const at = value.lastIndexOf('@');
  const [first = ''] = value.slice(0, Math.max(at, 0));
  return at < 0 ? '****' : `${first}****${value.slice(at)}`;
}

import type { Address } from './factor.ts';

/** Whether two normalized addresses are one: case does not count, as with the addresses of accounts. */
export const isSameAddress = (a: Address, b: Address): boolean =>
  a.type === b.type && a.value.toLowerCase() === b.value.toLowerCase();

/**
 * An address that only its owner recognizes: `a****@example.com`, `****4567`. Always four stars, to hide the length.
 */
export function maskAddress({ type, value }: Address): string {
  if (type === 'phone') return `****${value.length > 4 ? value.slice(-4) : ''}`;
  const at = value.lastIndexOf('@');
  const [first = ''] = value.slice(0, Math.max(at, 0));
  return at < 0 ? '****' : `${first}****${value.slice(at)}`;
}

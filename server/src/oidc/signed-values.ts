import type { Vault } from '../kernel/crypto.ts';
import { equalSecrets } from '../kernel/crypto.ts';

/**
 * A value that this server puts into a form and accepts back unchanged. `purpose` and `binding` (tenant, browser
 * session, interaction) are part of the signature: a value for one place is rejected in every other.
 */
export function sealValue(vault: Vault, value: unknown, place: { purpose: string; binding: string }): string {
  const text = Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${text}.${vault.sign(`${place.binding} ${text}`, place.purpose)}`;
}

/** The value, or undefined if it was not sealed for this place. */
export function openValue(vault: Vault, sealed: string, place: { purpose: string; binding: string }): unknown {
  const [text = '', signature = ''] = sealed.split('.');
  if (!text || !equalSecrets(signature, vault.sign(`${place.binding} ${text}`, place.purpose))) return undefined;
  return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
}

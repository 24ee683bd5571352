/** Reads members of documents in another product's format. */
import { usernameSchema } from '@aldaba/contract';

export type Json = Record<string, unknown>;

export const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
export const flag = (value: unknown): boolean | undefined => (typeof value === 'boolean' ? value : undefined);
export const object = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
export const list = (value: unknown): Json[] => (Array.isArray(value) ? value.map(object) : []);

/** Milliseconds since the epoch, from a number, a numeric string or a date string. */
export function moment(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value === '') return undefined;
  const time = /^\d+$/.test(value) ? Number(value) : Date.parse(value);
  return Number.isFinite(time) ? time : undefined;
}

/** The digits of a phone number with its country code. */
export const phone = (value: unknown): string | undefined => text(value)?.replace(/^\+/, '');

/** A valid username; other values (addresses, names with dots) stay in the custom data. */
export const username = (value: unknown): string | undefined => {
  const name = text(value);
  return name !== undefined && usernameSchema.safeParse(name).success ? name : undefined;
};

/** Removes members that are undefined or empty objects. */
export const compact = (value: Json): Json =>
  Object.fromEntries(
    Object.entries(value).filter(
      ([, item]) =>
        item !== undefined &&
        !(typeof item === 'object' && item !== null && !Array.isArray(item) && Object.keys(item).length === 0),
    ),
  );

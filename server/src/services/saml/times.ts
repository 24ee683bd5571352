import { SamlRefusal } from './refusal.ts';
import { attributeOf } from './xml.ts';

/** How far the clock of a provider may differ from ours, in milliseconds. */
export const clockSkew = 60_000;

// SAML core section 1.3.3: times are UTC and end with Z.
const dateTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$/;

export function timeOf(element: Element, name: string): Date | undefined {
  const text = attributeOf(element, name);
  if (text === undefined) return undefined;
  const time = dateTime.test(text) ? new Date(text) : new Date(Number.NaN);
  if (Number.isNaN(time.getTime())) throw new SamlRefusal('malformed_message', `${name} is not a UTC time`);
  return time;
}

export function getTime(element: Element, name: string): Date {
  const time = timeOf(element, name);
  if (!time) throw new SamlRefusal('time_missing', `${element.localName} has no ${name}`);
  return time;
}

export function refuseFuture(element: Element, name: string, now: Date): void {
  const time = timeOf(element, name);
  if (time && time.getTime() > now.getTime() + clockSkew) {
    throw new SamlRefusal('not_yet_valid', `${name} of ${element.localName} is ${time.toISOString()}`);
  }
}

export function refusePast(element: Element, name: string, now: Date): void {
  const time = timeOf(element, name);
  if (time && time.getTime() <= now.getTime() - clockSkew) {
    throw new SamlRefusal('expired', `${name} of ${element.localName} is ${time.toISOString()}`);
  }
}

/** A time as SAML writes it, to the second. */
export function formatTime(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}

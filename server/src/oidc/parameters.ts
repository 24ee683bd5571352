import type { Request } from '../http/types.ts';
import { ProtocolError } from './protocol-error.ts';
import { splitResources } from './wire-quirks.ts';

/** The parameters of a protocol request: one value each, except `resource` (RFC 8707 section 2). */
export interface Parameters {
  /** The value of a parameter; undefined if absent or empty (RFC 6749 section 3.1). */
  get: (name: string) => string | undefined;
  has: (name: string) => boolean;
  names: () => Iterable<string>;
  readonly resources: readonly string[];
}

/** Above the needs of any request, and quick to read. */
const maximumResources = 50;

/** @throws ProtocolError `invalid_request` if a parameter other than `resource` is repeated or is not a string */
export function readParameters(source: Record<string, unknown>): Parameters {
  const values = new Map<string, string>();
  const resources: string[] = [];
  for (const [name, given] of Object.entries(source)) {
    if (name === 'resource') resources.push(...textsOf(name, given));
    else {
      const texts = textsOf(name, given);
      if (texts.length > 1)
        throw new ProtocolError(
          'invalid_request',
          `'${printable(name)}' parameter must not be provided more than once`,
        );
      if (texts[0]) values.set(name, texts[0]);
    }
  }
  const unique = splitResources(resources);
  if (unique.length > maximumResources) throw new ProtocolError('invalid_request', 'too many resource parameters');
  return {
    get: (name) => values.get(name),
    has: (name) => values.has(name),
    names: () => values.keys(),
    resources: unique,
  };
}

function textsOf(name: string, given: unknown): string[] {
  if (Array.isArray(given)) return given.flatMap((item) => textsOf(name, item));
  switch (typeof given) {
    case 'string':
      return [given];
    case 'number':
    case 'boolean':
      return [String(given)];
    default:
      if (given === null || given === undefined) return [];
      throw new ProtocolError('invalid_request', `'${printable(name)}' parameter must be a string`);
  }
}

/** A name from the request, safe for an error description (RFC 6749 allows printable ASCII only). */
export const printable = (name: string): string => name.slice(0, 64).replaceAll(/[^\w.-]/g, '?');

/** The form or JSON body of the request. */
export function bodyParameters(request: Request): Parameters {
  const body: unknown = request.body ?? {};
  if (typeof body !== 'object' || Array.isArray(body))
    throw new ProtocolError('invalid_request', 'the body must be a form or a JSON object');
  return readParameters(body as Record<string, unknown>);
}

import type { Reply } from './types.ts';

/** The response's `Vary` with one more header (RFC 9110 section 12.5.5). */
export const addToVary = (reply: Reply, header: string): string =>
  [reply.getHeader('vary'), header].flat().filter(Boolean).join(', ');

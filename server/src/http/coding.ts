import type { Reply, Request } from './types.ts';

/** Whether the client takes a content coding: its Accept-Encoding names it without refusing it (`;q=0`, RFC 9110 section 12.5.3). */
export const acceptsCoding = (request: Request, coding: 'br' | 'gzip'): boolean =>
  String(request.headers['accept-encoding'] ?? '')
    .split(',')
    .some((entry) => {
      const [name, ...parameters] = entry.split(';').map((part) => part.trim().toLowerCase());
      return name === coding && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
    });

/** `Vary` of the answer with one more header (RFC 9110 section 12.5.5). */
export const addToVary = (reply: Reply, header: string): string =>
  [reply.getHeader('vary'), header].flat().filter(Boolean).join(', ');

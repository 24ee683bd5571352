/**
 * Requests and responses of LDAP over one socket, one request at a time. The messages are encoded and parsed by
 * `ldapts`. Its client is not used: docs/decisions/0022.
 */
import type { Socket } from 'node:net';
import { type Message, MessageParser, type MessageResponse, SearchEntry, SearchReference } from 'ldapts';
import type { LdapDeadline } from './deadline.ts';
import { LdapError } from './errors.ts';

/** What the server sent for one request. */
interface Answer {
  /** The last message, with the result. */
  result: MessageResponse;
  entries: SearchEntry[];
  /** Referrals, which are not followed. */
  references: number;
}

interface Pending {
  message: Message;
  entries: SearchEntry[];
  references: number;
  resolve: (answer: Answer) => void;
  reject: (error: LdapError) => void;
}

export interface Exchange {
  /** @throws LdapError `time`, `size`, `broken`; the connection is closed then */
  send: (message: Message) => Promise<Answer>;
  /** Sends a message that has no response. */
  tell: (message: Message) => void;
  /** Stops reading from the socket, which then belongs to the caller. */
  release: () => Socket;
  close: () => void;
}

export interface ExchangeLimits {
  /** Milliseconds for the answer to one request. */
  timeout: number;
  /** Of the answer to one request. */
  bytes: number;
  /** For everything that is asked. */
  deadline: LdapDeadline | undefined;
}

export function createExchange(socket: Socket, limits: ExchangeLimits): Exchange {
  const { deadline } = limits;
  const parser = new MessageParser();
  const pending = new Map<string, Pending>();
  let received = 0;
  let ended: LdapError | undefined;
  const end = (error: LdapError) => {
    ended ??= error;
    socket.destroy();
    for (const { reject } of pending.values()) reject(ended);
    pending.clear();
  };
  const onData = (data: Buffer) => {
    received += data.length;
    if (received > limits.bytes) end(new LdapError('size', `The answer is larger than ${limits.bytes} bytes`));
    else parser.read(data, pending);
  };
  const onClose = () => end(new LdapError('broken', 'The directory closed the connection'));
  const onError = (error: Error) => end(new LdapError('broken', 'The connection failed', { cause: error }));
  parser.on('error', (error) => end(new LdapError('broken', 'The answer is not LDAP', { cause: error })));
  parser.on('message', (message) => {
    const id = String(message.messageId);
    const asked = pending.get(id);
    // Message 0 is a notice of disconnection (RFC 4511 section 4.4.1); others answer nothing that was asked.
    if (!asked) return end(new LdapError('broken', 'The directory ended the connection'));
    // Parsed messages of these types are instances of them, whatever the event's type says.
    const parsed: unknown = message;
    if (parsed instanceof SearchEntry) asked.entries.push(parsed);
    else if (parsed instanceof SearchReference) asked.references += 1;
    else {
      pending.delete(id);
      asked.resolve({ result: message, entries: asked.entries, references: asked.references });
    }
  });
  const onDeadline = () => end(deadline?.reason);
  deadline?.addEventListener('abort', onDeadline);
  socket.on('data', onData).on('close', onClose).on('error', onError);
  if (deadline?.aborted) onDeadline();
  return {
    async send(message) {
      if (ended) throw ended;
      received = 0;
      const { promise, resolve, reject } = Promise.withResolvers<Answer>();
      const late = () => end(new LdapError('time', `The directory did not answer within ${limits.timeout} ms`));
      const timer = setTimeout(late, limits.timeout);
      pending.set(String(message.messageId), { message, entries: [], references: 0, resolve, reject });
      socket.write(message.write());
      try {
        return await promise;
      } finally {
        clearTimeout(timer);
      }
    },
    tell: (message) => socket.write(message.write()),
    release() {
      deadline?.removeEventListener('abort', onDeadline);
      socket.off('data', onData).off('close', onClose).off('error', onError);
      return socket;
    },
    close: () => end(new LdapError('broken', 'The connection was closed')),
  };
}

/* How Vonage refuses a message. */
import { type ConnectorErrorCode, type Refusal, z } from '../../kit/index.ts';

/** Statuses of a message that are not `general`. */
const codes: Readonly<Record<string, ConnectorErrorCode>> = {
  '1': 'rate_limit_exceeded',
  '4': 'invalid_config',
  '9': 'usage_limit_exceeded',
};

export const vonageRefusal: z.ZodType<Refusal> = z
  .object({ messages: z.tuple([z.object({ status: z.string(), 'error-text': z.string().default('') })]) })
  .refine(({ messages: [message] }) => message.status !== '0')
  .transform(({ messages: [message] }) => ({
    reason: `${message['error-text']} (${message.status})`.trim(),
    code: codes[message.status],
  }));

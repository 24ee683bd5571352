/* How Yunpian refuses a message. */
import { type ConnectorErrorCode, type Refusal, z } from '../../kit/index.ts';

/** Codes of answers that are not `general`. */
const codes: Readonly<Record<string, ConnectorErrorCode>> = {
  '-1': 'invalid_config',
  '3': 'usage_limit_exceeded',
  '8': 'rate_limit_exceeded',
  '22': 'rate_limit_exceeded',
  '33': 'rate_limit_exceeded',
};

export const yunpianRefusal: z.ZodType<Refusal> = z
  .object({ code: z.number(), msg: z.string(), detail: z.string().optional() })
  .refine(({ code }) => code !== 0)
  .transform(({ code, msg, detail }) => ({ reason: detail ?? msg, code: codes[code] }));

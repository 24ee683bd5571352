/* How WhatsApp refuses a message. */
import { type Refusal, z } from '../../kit/index.ts';

const invalidToken = 190;
const tooMany = [4, 80_007, 130_429, 131_048, 131_056];

export const whatsappRefusal: z.ZodType<Refusal> = z
  .object({ error: z.object({ message: z.string(), code: z.number() }) })
  .transform(({ error: { message, code } }) => ({
    reason: message,
    code: code === invalidToken ? 'invalid_config' : tooMany.includes(code) ? 'rate_limit_exceeded' : undefined,
  }));

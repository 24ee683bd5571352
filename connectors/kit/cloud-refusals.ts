/* The shapes in which the APIs of Alibaba Cloud and Tencent Cloud refuse a request. */
import { z } from 'zod';
import type { ConnectorErrorCode } from './errors.ts';
import type { Refusal } from './message-connector.ts';

/** The code of the first pattern that a provider's code matches. */
const codeOf = (
  given: string,
  codes: readonly (readonly [RegExp, ConnectorErrorCode])[],
): ConnectorErrorCode | undefined => codes.find(([pattern]) => pattern.test(given))?.[1];

/** Alibaba Cloud: `{ Code, Message }`. */
export const aliyunRefusal: z.ZodType<Refusal> = z
  .object({ Code: z.string(), Message: z.string() })
  .refine(({ Code }) => Code !== 'OK')
  .transform(({ Code, Message }) => ({
    reason: `${Code}: ${Message}`,
    code: codeOf(Code, [
      [/^(InvalidAccessKey|SignatureDoesNotMatch|IncompleteSignature|Forbidden|NoPermission)/, 'invalid_config'],
      [/LIMIT_CONTROL|^Throttling/, 'rate_limit_exceeded'],
      [/AMOUNT_NOT_ENOUGH|DAY_LIMIT|MONTH_LIMIT/, 'usage_limit_exceeded'],
    ]),
  }));

const tencentReason = z.object({ Code: z.string(), Message: z.string() });

/** Tencent Cloud: an error of the request, or of the only message in it. */
export const tencentRefusal: z.ZodType<Refusal> = z
  .object({
    Response: z.union([
      z.object({ Error: tencentReason }).transform(({ Error: error }) => error),
      z.object({ SendStatusSet: z.tuple([tencentReason]) }).transform(({ SendStatusSet: [status] }) => status),
    ]),
  })
  .refine(({ Response: { Code } }) => Code !== 'Ok')
  .transform(({ Response: { Code, Message } }) => ({
    reason: `${Code}: ${Message}`,
    code: codeOf(Code, [
      [/^(AuthFailure|UnauthorizedOperation)/, 'invalid_config'],
      [/LimitExceeded/, 'rate_limit_exceeded'],
      [/InsufficientBalance/, 'usage_limit_exceeded'],
    ]),
  }));

/** Errors that must not compile; `npm run check` compiles this file. See `events.ts`. */
import type { ErrorCode } from '@aldaba/contract';
import { AldabaError } from '../../server/src/kernel/errors.ts';
import type { Refusal } from '../../server/src/sign-in/machine/vocabulary.ts';

export function throwing(code: ErrorCode, isUser: boolean) {
  const right = [
    () => new AldabaError('user.username_already_in_use'),
    () => new AldabaError('entity.not_exists_with_id', { name: 'user', id: 'a' }),
    () => new AldabaError('user.username_rejected', { issues: [{ code: 'username_rejected.too_short' }] }),
    () => new AldabaError(isUser ? 'user.suggest_mfa' : 'user.missing_mfa', { availableFactors: [], skippable: true }),
    (): Refusal => ({ refused: 'user.missing_profile', data: { missingProfile: ['email'] } }),
  ];
  const wrong = [
    // @ts-expect-error a code without data
    () => new AldabaError('user.username_already_in_use', { wrong: 1 }),
    // @ts-expect-error data of another shape
    () => new AldabaError('user.username_rejected', { wrong: 1 }),
    // @ts-expect-error a reason that travels as a sentence
    () => new AldabaError('user.username_rejected', { issues: ['It is too short.'] }),
    // @ts-expect-error a reason that does not exist
    () => new AldabaError('password.rejected', { issues: [{ code: 'password_rejected.too_sort' }] }),
    // @ts-expect-error data that is missing
    () => new AldabaError('entity.not_exists_with_id'),
    // @ts-expect-error a member that is missing
    () => new AldabaError('entity.not_exists_with_id', { name: 'user' }),
    // @ts-expect-error one of the codes has no data
    () => new AldabaError(isUser ? 'role.scope_exists' : 'role.user_exists', { scopeId: 'a' }),
    // @ts-expect-error any code: its data is unknown
    () => new AldabaError(code),
    // @ts-expect-error a pair that does not belong together
    () => AldabaError.of({ code: 'user.missing_profile', data: { names: [] } }),
    // @ts-expect-error a refusal of the sign-in with data of another code
    (): Refusal => ({ refused: 'user.missing_profile', data: { availableFactors: [], skippable: true } }),
  ];
  return { right, wrong };
}

export function reading(error: AldabaError) {
  // @ts-expect-error the code is not known yet
  const unknownCode = () => error.data.issues;
  const known = () => (error.is('password.rejected') ? error.data.issues[0]?.code : undefined);
  // @ts-expect-error data of another code
  const otherCode = () => error.is('password.rejected') && error.data.roleIds;
  return { unknownCode, known, otherCode };
}

/** Experience API: second factors of an identified user, shown or set up. */
import * as contract from '@aldaba/contract';
import type { Implement, Request } from '../../http/index.ts';
import { AldabaError } from '../../kernel/errors.ts';
import type { FactorAnswer } from '../factors/second-factor.ts';
import { codeFactorOf } from '../machine/factors.ts';
import type { SecondFactorType } from '../machine/policy.ts';
import type { SecondFactorChoices } from '../machine/state.ts';
import type { SignIn } from '../steps/index.ts';
import type { FactorMode, FactorUse } from '../steps/second-factors.ts';

export function experienceFactorRoutes(implement: Implement, signIn: SignIn): void {
  /** `unchecked`: the wire leaves it to a later step whether the tenant offers the factor. */
  const session = async (request: Request, { type, mode }: FactorUse, unchecked?: 'unchecked') => {
    const interaction = await signIn.open(request);
    const use = { mode, counts: unchecked ? undefined : type };
    const identified = await signIn.requireIdentified(interaction, use);
    const locale = await signIn.languageOf(request, interaction);
    return signIn.factorSession(identified, { locale, userAgent: request.headers['user-agent'] });
  };
  const begin = async <Type extends SecondFactorType, Mode extends FactorMode>(
    request: Request,
    use: FactorUse<Type, Mode>,
    unchecked?: 'unchecked',
  ) => signIn.secondFactors.begin(await session(request, use, unchecked), use);
  const verify = async (
    request: Request,
    use: FactorUse,
    { verificationId: challengeId, ...answer }: FactorAnswer & { verificationId?: string | undefined },
    unchecked?: 'unchecked',
  ) => {
    const verified = await signIn.secondFactors.verify(await session(request, use, unchecked), use, {
      answer,
      challengeId,
    });
    if (!verified) throw new AldabaError('session.verification_session_not_found');
    return { verificationId: verified.proof.id };
  };

  implement(contract.createTotpSecret, ({ request }) => begin(request, { type: 'Totp', mode: 'bind' }, 'unchecked'));
  implement(contract.verifyTotp, ({ request, body }) => {
    const mode = body.verificationId === undefined ? 'show' : 'bind';
    return verify(request, { type: 'Totp', mode }, body, 'unchecked');
  });
  implement(contract.createWebAuthnRegistration, async ({ request }) => {
    const { registrationOptions, ...begun } = await begin(request, { type: 'WebAuthn', mode: 'bind' });
    return { ...begun, registrationOptions: { ...registrationOptions } };
  });
  implement(contract.verifyWebAuthnRegistration, ({ request, body }) =>
    verify(request, { type: 'WebAuthn', mode: 'bind' }, body),
  );
  implement(contract.createWebAuthnAuthentication, async ({ request }) => {
    const { authenticationOptions, ...begun } = await begin(request, { type: 'WebAuthn', mode: 'show' });
    return { ...begun, authenticationOptions: { ...authenticationOptions } };
  });
  implement(contract.verifyWebAuthnAuthentication, ({ request, body }) =>
    verify(request, { type: 'WebAuthn', mode: 'show' }, body),
  );
  implement(contract.generateBackupCodes, ({ request }) => begin(request, { type: 'BackupCode', mode: 'bind' }));
  implement(contract.verifyBackupCode, ({ request, body }) =>
    verify(request, { type: 'BackupCode', mode: 'show' }, body, 'unchecked'),
  );
  implement(contract.createMfaVerificationCode, ({ request, body: { identifierType: type } }) =>
    begin(request, { type: codeFactorOf({ type }), mode: 'show' }),
  );
  implement(contract.verifyMfaVerificationCode, ({ request, body: { identifierType: type, ...answer } }) =>
    verify(request, { type: codeFactorOf({ type }), mode: 'show' }, answer),
  );

  implement(contract.bindMfaFactor, async ({ request, body }) => {
    const use = { mode: 'show', counts: body.type } as const;
    await signIn.bindFactor(await signIn.requireIdentified(await signIn.open(request), use), body);
  });
  const choose = async (request: Request, choice: keyof SecondFactorChoices): Promise<void> => {
    await signIn.chooseFactors(await signIn.open(request), choice);
  };
  implement(contract.enableMfa, ({ request }) => choose(request, 'enabled'));
  implement(contract.skipMfaBinding, ({ request }) => choose(request, 'skipped'));
  implement(contract.skipMfaSuggestion, ({ request }) => choose(request, 'suggestionSkipped'));
}

/** Part of the JSON door: codes that are sent to an address, and shown. What a code is good for is said at the identification. */
import { createVerificationCodeVerification, verifyVerificationCodeVerification } from '@aldaba/contract';
import type { Implement } from '../../http/index.ts';
import { AldabaError } from '../../kernel/errors.ts';
import { normalizeIdentifier, requireEmail, requirePhone } from '../../kernel/identifiers.ts';
import { isSameAddress } from '../machine/address.ts';
import { promptFor } from '../machine/machine.ts';
import { resolvePolicy } from '../machine/policy.ts';
import type { Address } from '../machine/state.ts';
import type { SignIn } from '../service.ts';

export function experienceCodeRoutes(implement: Implement, signIn: SignIn): void {
  implement(createVerificationCodeVerification, async ({ tenant, request, body }) => {
    const interaction = await signIn.open(request);
    const state = signIn.stateOf(interaction);
    const { interactionEvent: intent } = body;
    const { type, value } = body.identifier;
    const identifier = { type, value: type === 'email' ? requireEmail(value) : requirePhone(value) };
    // Pages may ask for a code before they know whether it signs in or registers; a forgotten password is apart from both.
    if ((intent === 'ForgotPassword') !== (state.intent === 'ForgotPassword'))
      throw new AldabaError('session.not_supported_for_forgot_password');
    const settings = await signIn.settings(tenant);
    const { uiLocales } = interaction.request;
    const locale = await signIn.needs.pages.language(request, uiLocales === undefined ? {} : { uiLocales });
    const prompt = promptFor(state, resolvePolicy(settings), await signIn.accountOf(interaction, state));
    const forFactor = prompt.kind === 'add-factor';
    const challenge = await signIn.audit.attempt(
      interaction,
      { key: `Verification.${proofTypes[identifier.type]}.Create`, params: { identifier } },
      () => signIn.codes.send(interaction, settings, { state: { ...state, intent }, identifier, locale, forFactor }),
    );
    await signIn.run(interaction, [{ type: 'challenged', challenge }], { settings });
    return { verificationId: challenge.id };
  });

  implement(verifyVerificationCodeVerification, async ({ tenant, request, body }) => {
    const interaction = await signIn.open(request);
    const state = signIn.stateOf(interaction);
    const { identifier, verificationId, code } = body;
    const settings = await signIn.settings(tenant);
    const proof = await signIn.audit.attempt(
      interaction,
      { key: `Verification.${proofTypes[identifier.type]}.Submit`, params: { identifier } },
      async () => {
        const challenge = state.challenges.find(({ id }) => id === verificationId);
        if (challenge?.type !== 'EmailVerificationCode' && challenge?.type !== 'PhoneVerificationCode')
          throw new AldabaError('session.verification_session_not_found');
        if (!isSameAddress(challenge.identifier, normalizeIdentifier(identifier)))
          throw new AldabaError(`verification_code.${identifier.type}_mismatch`);
        return signIn.verificationCode.verify(interaction, settings, challenge, code);
      },
    );
    const account = await signIn.accountOf(interaction, state);
    const about = account ? { account } : {};
    await signIn.run(interaction, [{ type: 'answered', challengeId: proof.id, proof, ...about }], { settings });
    return { verificationId: proof.id };
  });
}

const proofTypes = {
  email: 'EmailVerificationCode',
  phone: 'PhoneVerificationCode',
} as const satisfies Record<Address['type'], string>;

/** Part of the JSON door: links that an operator made for an email address. */
import { verifyOneTimeTokenProof } from '@aldaba/contract';
import type { Implement } from '../../http/index.ts';
import type { SignIn } from '../service.ts';

export function experienceOneTimeTokenRoutes(implement: Implement, signIn: SignIn): void {
  implement(verifyOneTimeTokenProof, async ({ tenant, request, body: { identifier, token } }) => {
    const interaction = await signIn.open(request);
    const { intent } = signIn.stateOf(interaction);
    const settings = await signIn.settings(tenant);
    const { proof } = await signIn.audit.attempt(
      interaction,
      { key: 'Verification.OneTimeToken.Submit', params: { identifier } },
      () => signIn.oneTimeToken.prove(interaction, settings, { intent, email: identifier.value, token }),
    );
    await signIn.run(interaction, [{ type: 'proved', proof }], { settings });
    return { verificationId: proof.id };
  });
}

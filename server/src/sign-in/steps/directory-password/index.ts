/** Steps of a sign-in with the password of a company's directory, which the server itself asks for. */
import { AldabaError } from '../../../kernel/errors.ts';
import type { SsoChallenge, SsoProof } from '../../factors/enterprise-sso/index.ts';
import { needsCaptcha } from '../../machine/captcha/index.ts';
import type { LoadedInteraction, StepContext, StepResult } from '../context.ts';
import type { Checks, Fact } from '../verify.ts';

interface Typed {
  username: string;
  password: string;
}

type Context = Pick<StepContext, 'take' | 'stateOf' | 'findState'> & {
  checks: Checks;
  requireOffered: (interaction: LoadedInteraction, connectorId: string) => void;
  enterBySso: (
    interaction: LoadedInteraction,
    fact: Fact<SsoProof>,
    given: { agreed?: boolean },
  ) => Promise<StepResult>;
};

export function createDirectoryPasswordSteps({ checks, take, stateOf, findState, ...sso }: Context) {
  const check = (interaction: LoadedInteraction, given: Typed & { connectorId: string }) => {
    sso.requireOffered(interaction, given.connectorId);
    if (needsCaptcha(findState(interaction), interaction.policy)) throw new AldabaError('session.captcha_required');
    return checks.ssoPassword(interaction, given);
  };
  return {
    /**
     * The password that was entered on the page that `beginSso` led to.
     * @throws AldabaError `session.captcha_required`, and as the factor's `prove`
     */
    async finishSsoPassword(
      interaction: LoadedInteraction,
      { connectorId, agreed = false }: Pick<SsoChallenge, 'connectorId' | 'agreed'>,
      typed: Typed,
    ) {
      return sso.enterBySso(interaction, await check(interaction, { connectorId, ...typed }), { agreed });
    },
    /** The same for a custom page, which identifies the user with it. */
    async proveSsoPassword(interaction: LoadedInteraction, given: Typed & { connectorId: string }): Promise<SsoProof> {
      stateOf(interaction);
      const { proof, event } = await check(interaction, given);
      await take(interaction, [event]);
      return proof;
    },
  };
}

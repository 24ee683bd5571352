/** The picture that a sign-up asks for, as a file. */
import { AldabaError } from '../../../kernel/errors.ts';
import type { LoadedInteraction, StepContext } from '../context.ts';

export function createPictureSteps({
  needs: { userAssets },
  stateOf,
  positionOf,
}: Pick<StepContext, 'needs' | 'stateOf' | 'positionOf'>) {
  return {
    /**
     * Stores a picture and returns its address, which becomes the new user's avatar as the answer to the profile field.
     * @param bytes reads the file, which costs more than the check whether it is asked for
     * @throws AldabaError `session.interaction_not_found` before the sign-in starts, `auth.forbidden` unless the
     *   sign-up asks for a picture now; `guard.mime_type_not_allowed`, `storage.…`
     */
    async uploadPicture(interaction: LoadedInteraction, bytes: () => Promise<Buffer>): Promise<string> {
      const { tenant, uidHash, settings } = interaction;
      stateOf(interaction);
      const { prompt } = await positionOf(interaction);
      const asksMore = prompt.kind === 'continue' && prompt.missing.includes('extraProfile');
      if (!asksMore || !settings.profileFields.some(({ name }) => name === 'avatar'))
        throw new AldabaError('auth.forbidden');
      return userAssets.savePicture(tenant, { signIn: uidHash }, await bytes());
    },
  };
}

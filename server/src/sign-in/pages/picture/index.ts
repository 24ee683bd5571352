/** A picture that was sent with the form of a sign-up. */
import { maximumAvatarSize } from '@aldaba/contract';
import type { Request } from '../../../http/types.ts';
import { uploadedFile } from '../../../http/upload.ts';
import type { LoadedInteraction } from '../../steps/context.ts';
import type { SignIn } from '../../steps/index.ts';

const name = 'profile.avatar';

/** A form that was sent, with its fields by name. */
interface SentForm {
  request: Request;
  interaction: LoadedInteraction;
  field: (name: string) => string;
}

/** Which forms take a file. */
export const uploadOf = (path: string) => (path === '/continue' ? { upload: maximumAvatarSize, isForm: true } : {});

/**
 * Stores the file of a form, so that its address is the answer to the question for a picture. A form that is refused
 * for another field shows the picture again instead of asking for the file a second time.
 * @throws AldabaError `guard.…`, `storage.…`
 */
export async function withPicture<Sent extends SentForm>(signIn: SignIn, sent: Sent): Promise<Sent> {
  const file = uploadedFile(sent.request);
  if (!file || file.length === 0) return sent;
  const url = await signIn.uploadPicture(sent.interaction, async () => file);
  Object.assign(sent.request.body as object, { [name]: url });
  return { ...sent, field: (wanted: string) => (wanted === name ? url : sent.field(wanted)) };
}

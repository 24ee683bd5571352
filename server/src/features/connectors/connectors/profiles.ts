import type { SocialUserInfo } from '@aldaba/connectors/kit';
import { AldabaError } from '../../../kernel/errors.ts';
import { makeStorable, whyUnstorable } from '../../../kernel/storable.ts';

const maximumName = 128;
const maximumAvatar = 2048;

/**
 * A provider's profile, limited to what an account can store; a picture only if it is a web URL or a data URL.
 * Characters that cannot be stored are replaced, as in names that the provider cut in the middle of an emoji.
 *
 * @throws AldabaError `connector.general` for an id with such characters: repaired, it could be the id of another user
 */
export function usableProfile({ id, ...told }: SocialUserInfo): SocialUserInfo {
  if (whyUnstorable(id, 0) !== undefined) throw new AldabaError('connector.general');
  const { name, avatar, email, phone, rawData } = makeStorable(told);
  const usableAvatar =
    avatar && avatar.length <= maximumAvatar && /^(https?:\/\/|data:image\/)/i.test(avatar) ? avatar : undefined;
  return {
    id,
    ...(name ? { name: [...name].slice(0, maximumName).join('') } : {}),
    ...(usableAvatar ? { avatar: usableAvatar } : {}),
    ...(email ? { email } : {}),
    ...(phone ? { phone } : {}),
    ...(rawData === undefined ? {} : { rawData }),
  };
}

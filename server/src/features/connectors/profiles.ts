import type { SocialUserInfo } from '@aldaba/connectors/kit';

const maximumName = 128;
const maximumAvatar = 2048;

/** A provider's words, cut to what an account can hold; a picture only if it is a web address or an image itself. */
export function usableProfile({ id, name, avatar, email, phone, rawData }: SocialUserInfo): SocialUserInfo {
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

import type { SocialUserInfo } from './connector.ts';
import { ConnectorError } from './errors.ts';

/** Who a user is, as a mapping reads it: what is empty or absent is left out. */
export interface MappedProfile {
  readonly id: string;
  readonly email?: string | null | undefined;
  readonly phone?: string | null | undefined;
  readonly name?: string | null | undefined;
  readonly avatar?: string | null | undefined;
  /** What is kept of the provider's answers; all of them, by name, if left out. */
  readonly rawData?: unknown;
}

/** A picture is fetched by browsers of other users: only https, or the picture itself. */
const isShowable = (avatar: string | null | undefined): boolean => /^(https:|data:image\/)/i.test(avatar ?? '');

/**
 * What the server gets of a profile: without what is empty, and with the provider's answers as they came, by name, or
 * the only one.
 * @throws ConnectorError `invalid_response` without an ID
 */
export const toUserInfo = (
  provider: string,
  { id, rawData, avatar, ...told }: MappedProfile,
  answers: Readonly<Record<string, unknown>>,
): SocialUserInfo => {
  if (id === '') throw new ConnectorError('invalid_response', { message: `${provider} sent no ID of the user` });
  const values = Object.values(answers);
  const known = { ...told, avatar: isShowable(avatar) ? avatar : undefined };
  return {
    id,
    ...Object.fromEntries(Object.entries(known).filter(([, value]) => Boolean(value))),
    rawData: rawData ?? (values.length === 1 ? values[0] : answers),
  };
};

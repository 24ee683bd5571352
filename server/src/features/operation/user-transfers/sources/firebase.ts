import { compact, flag, type Json, list, moment, object, phone, text } from './fields.ts';

/** "Password hash parameters" of the project, as the Firebase console shows them. */
export interface HashParameters {
  base64_signer_key: string;
  base64_salt_separator: string;
  rounds: number;
  mem_cost: number;
}

/**
 * A user of `firebase auth:export accounts.json`. Passwords are imported only if the project's hash parameters are
 * given.
 */
export function fromFirebase(user: Json, parameters: HashParameters | undefined): Json {
  const hash = text(user.passwordHash);
  return compact({
    id: text(user.localId),
    primaryEmail: text(user.email),
    isEmailVerified: flag(user.emailVerified),
    primaryPhone: phone(user.phoneNumber),
    name: text(user.displayName),
    avatar: text(user.photoUrl),
    customData: customData(user.customAttributes),
    identities: Object.fromEntries(
      list(user.providerUserInfo)
        .filter(
          ({ providerId, rawId }) => text(rawId) !== undefined && providerId !== 'password' && providerId !== 'phone',
        )
        .map(({ providerId, rawId, ...details }) => [
          String(providerId).replace(/\.com$/, ''),
          compact({ userId: String(rawId), details: compact(details) }),
        ]),
    ),
    isSuspended: flag(user.disabled),
    createdAt: moment(user.createdAt),
    lastSignInAt: moment(user.lastSignedInAt),
    ...(hash && parameters
      ? {
          passwordAlgorithm: 'Firebase',
          passwordDigest: JSON.stringify({
            passwordHash: hash,
            salt: text(user.salt) ?? '',
            signerKey: parameters.base64_signer_key,
            saltSeparator: parameters.base64_salt_separator,
            rounds: parameters.rounds,
            memCost: parameters.mem_cost,
          }),
        }
      : {}),
  });
}

/** Custom claims are a JSON string. */
function customData(value: unknown): Json {
  try {
    return object(JSON.parse(String(value)));
  } catch {
    return {};
  }
}

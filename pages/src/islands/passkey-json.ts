/**
 * JSON of Web Authentication (Level 3, sections 5.1.8 to 5.1.10) for browsers that do not read and write it
 * themselves: byte strings are base64url without padding. Extensions are left out: ours are all optional, and some
 * hold byte strings.
 */

const bytesOf = (text: string): ArrayBuffer =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0)).buffer;

const textOf = (bytes: ArrayBuffer): string =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

const withBytes = (list: PublicKeyCredentialDescriptorJSON[] = []): PublicKeyCredentialDescriptor[] =>
  list.map((item) => ({ ...item, id: bytesOf(item.id) }) as PublicKeyCredentialDescriptor);

const readCreation = ({ extensions, ...json }: PublicKeyCredentialCreationOptionsJSON) =>
  ({
    ...json,
    challenge: bytesOf(json.challenge),
    user: { ...json.user, id: bytesOf(json.user.id) },
    excludeCredentials: withBytes(json.excludeCredentials),
  }) as PublicKeyCredentialCreationOptions;

const readRequest = ({ extensions, ...json }: PublicKeyCredentialRequestOptionsJSON) =>
  ({
    ...json,
    challenge: bytesOf(json.challenge),
    allowCredentials: withBytes(json.allowCredentials),
  }) as PublicKeyCredentialRequestOptions;

/** The server's options for a new passkey, for `navigator.credentials.create`. */
export const creationOptions = (json: PublicKeyCredentialCreationOptionsJSON): PublicKeyCredentialCreationOptions =>
  'parseCreationOptionsFromJSON' in PublicKeyCredential
    ? PublicKeyCredential.parseCreationOptionsFromJSON(json)
    : readCreation(json);

/** The server's options for showing a passkey, for `navigator.credentials.get`. */
export const requestOptions = (json: PublicKeyCredentialRequestOptionsJSON): PublicKeyCredentialRequestOptions =>
  'parseRequestOptionsFromJSON' in PublicKeyCredential
    ? PublicKeyCredential.parseRequestOptionsFromJSON(json)
    : readRequest(json);

const responseOf = (response: AuthenticatorResponse): Record<string, unknown> => {
  const clientDataJSON = textOf(response.clientDataJSON);
  if (response instanceof AuthenticatorAttestationResponse) {
    return {
      clientDataJSON,
      attestationObject: textOf(response.attestationObject),
      transports: response.getTransports?.() ?? [],
    };
  }
  const { authenticatorData, signature, userHandle } = response as AuthenticatorAssertionResponse;
  return {
    clientDataJSON,
    authenticatorData: textOf(authenticatorData),
    signature: textOf(signature),
    ...(userHandle ? { userHandle: textOf(userHandle) } : {}),
  };
};

const written = (credential: PublicKeyCredential): unknown => ({
  id: credential.id,
  rawId: textOf(credential.rawId),
  type: credential.type,
  authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
  clientExtensionResults: credential.getClientExtensionResults(),
  response: responseOf(credential.response),
});

/** What the authenticator answered, as plain JSON for the server. */
export const answerOf = (credential: PublicKeyCredential): unknown =>
  'toJSON' in PublicKeyCredential.prototype ? credential.toJSON() : written(credential);

import { normalizeCertificate, verificationKey } from './certificates.ts';
import { bindings, namespaces, type SamlBinding } from './names.ts';
import { SamlRefusal } from './refusal.ts';
import { attributeOf, childrenNamed, isNamed, readXml, textOf, walk } from './xml.ts';

export type MetadataProblem =
  | 'not_metadata'
  | 'no_identity_provider'
  | 'several_identity_providers'
  | 'no_entity_id'
  | 'no_sign_in_endpoint'
  | 'no_certificate'
  | 'unusable_certificate';

/** Metadata that cannot be used; `problem` says what is wrong with it. */
export class SamlMetadataError extends Error {
  readonly problem: MetadataProblem;

  constructor(problem: MetadataProblem, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SamlMetadataError';
    this.problem = problem;
  }
}

/** What the metadata of an identity provider says that a service provider needs. */
export interface IdentityProviderMetadata {
  entityId: string;
  singleSignOnUrl: string;
  singleSignOnBinding: SamlBinding;
  singleLogoutUrl?: string;
  singleLogoutBinding?: SamlBinding;
  /** Where responses to its requests to sign out go, if not to the same address. */
  singleLogoutResponseUrl?: string;
  /** Certificates for signatures, as PEM, in the order of the document. */
  certificates: string[];
  wantsSignedRequests: boolean;
}

const md = namespaces.metadata;
const maximumEntityId = 1024;

/** Reads the metadata of one identity provider; throws `SamlMetadataError`. */
export function readIdentityProviderMetadata(xml: string): IdentityProviderMetadata {
  try {
    return readMetadata(xml);
  } catch (error) {
    if (error instanceof SamlRefusal) throw new SamlMetadataError('not_metadata', error.message, { cause: error });
    throw error;
  }
}

function readMetadata(xml: string): IdentityProviderMetadata {
  const root = readXml(xml, { comments: true });
  const entities = isNamed(root, md, 'EntityDescriptor') ? [root] : childrenNamed(root, md, 'EntityDescriptor');
  const descriptors = entities.flatMap((entity) => childrenNamed(entity, md, 'IDPSSODescriptor'));
  const [descriptor, ...others] = descriptors;
  if (!descriptor) throw new SamlMetadataError('no_identity_provider', 'The document describes no identity provider.');
  if (others.length > 0) {
    throw new SamlMetadataError('several_identity_providers', 'The document describes several identity providers.');
  }
  const entityId = attributeOf(descriptor.parentNode as Element, 'entityID') ?? '';
  if (entityId === '' || entityId.length > maximumEntityId) {
    throw new SamlMetadataError('no_entity_id', 'The EntityDescriptor has no usable entityID.');
  }
  const signIn = endpointOf(descriptor, 'SingleSignOnService');
  if (!signIn) {
    throw new SamlMetadataError('no_sign_in_endpoint', 'No SingleSignOnService with HTTP-Redirect or HTTP-POST.');
  }
  const logout = endpointOf(descriptor, 'SingleLogoutService');
  return {
    entityId,
    singleSignOnUrl: signIn.url,
    singleSignOnBinding: signIn.binding,
    ...(logout && { singleLogoutUrl: logout.url, singleLogoutBinding: logout.binding }),
    ...(logout?.responseUrl !== undefined && { singleLogoutResponseUrl: logout.responseUrl }),
    certificates: certificatesOf(descriptor),
    wantsSignedRequests: ['true', '1'].includes(attributeOf(descriptor, 'WantAuthnRequestsSigned') ?? ''),
  };
}

interface Endpoint {
  url: string;
  binding: SamlBinding;
  responseUrl?: string;
}

/** SAML metadata section 2.2.2: responses go to `ResponseLocation` where there is one. */
function endpointOf(descriptor: Element, name: string): Endpoint | undefined {
  const services = childrenNamed(descriptor, md, name);
  for (const binding of [bindings.redirect, bindings.post]) {
    const service = services.find((one) => attributeOf(one, 'Binding') === binding);
    const url = (service && attributeOf(service, 'Location')) ?? '';
    const responseUrl = service && attributeOf(service, 'ResponseLocation');
    if (isAddress(url) && (responseUrl === undefined || isAddress(responseUrl)))
      return { url, binding, ...(responseUrl !== undefined && { responseUrl }) };
  }
  return undefined;
}

const isAddress = (url: string): boolean => URL.canParse(url) && ['https:', 'http:'].includes(new URL(url).protocol);

function certificatesOf(descriptor: Element): string[] {
  const keys = childrenNamed(descriptor, md, 'KeyDescriptor').filter((key) => attributeOf(key, 'use') !== 'encryption');
  const texts = keys.flatMap((key) =>
    [...walk(key)].filter((element) => isNamed(element, namespaces.signature, 'X509Certificate')).map(textOf),
  );
  if (texts.length === 0) throw new SamlMetadataError('no_certificate', 'No certificate for signatures.');
  const usable = texts.filter((text) => verificationKey(text)).map(normalizeCertificate);
  if (usable.length === 0) {
    throw new SamlMetadataError('unusable_certificate', 'No certificate has an RSA key of 2048 bits or more.');
  }
  return [...new Set(usable)];
}

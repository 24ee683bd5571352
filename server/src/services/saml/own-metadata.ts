import { certificateBody } from './certificates.ts';
import { bindings, namespaces, type SamlBinding } from './names.ts';
import { escapeXml } from './xml.ts';

export interface OwnServiceProvider {
  entityId: string;
  acsUrl: string;
  singleLogoutUrl?: string | undefined;
  /** Certificates (PEM) of the keys that sign requests: the active one, then the next and the previous one. */
  signingCertificates?: readonly string[] | undefined;
  encryptionCertificates?: readonly string[] | undefined;
  nameIdFormat?: string | undefined;
  signsRequests: boolean;
}

export interface OwnIdentityProvider {
  entityId: string;
  singleSignOnUrl: string;
  singleLogoutUrl?: string | undefined;
  signingCertificates: readonly string[];
  nameIdFormat: string;
  wantsSignedRequests: boolean;
}

/** Metadata of a service provider, which an operator gives to an identity provider. */
export function serviceProviderMetadata(own: OwnServiceProvider): string {
  const { acsUrl, singleLogoutUrl, nameIdFormat } = own;
  const keys =
    keyDescriptors(own.signingCertificates, 'signing') + keyDescriptors(own.encryptionCertificates, 'encryption');
  const descriptor =
    `<md:SPSSODescriptor AuthnRequestsSigned="${own.signsRequests}" WantAssertionsSigned="true"` +
    ` protocolSupportEnumeration="${namespaces.protocol}">${keys}` +
    `${singleLogoutUrl === undefined ? '' : services('SingleLogoutService', singleLogoutUrl)}${formatElement(nameIdFormat)}` +
    `<md:AssertionConsumerService Binding="${bindings.post}" Location="${escapeXml(acsUrl)}" index="0" isDefault="true"/>` +
    `</md:SPSSODescriptor>`;
  return entity(own.entityId, descriptor);
}

/** Metadata of an identity provider, which an operator gives to a service provider. */
export function identityProviderMetadata(own: OwnIdentityProvider): string {
  const descriptor =
    `<md:IDPSSODescriptor WantAuthnRequestsSigned="${own.wantsSignedRequests}"` +
    ` protocolSupportEnumeration="${namespaces.protocol}">${keyDescriptors(own.signingCertificates, 'signing')}` +
    `${own.singleLogoutUrl === undefined ? '' : services('SingleLogoutService', own.singleLogoutUrl)}${formatElement(own.nameIdFormat)}` +
    `${services('SingleSignOnService', own.singleSignOnUrl)}</md:IDPSSODescriptor>`;
  return entity(own.entityId, descriptor);
}

function entity(entityId: string, descriptor: string): string {
  return (
    `<?xml version="1.0" encoding="UTF-8"?>` +
    `<md:EntityDescriptor xmlns:md="${namespaces.metadata}" entityID="${escapeXml(entityId)}">${descriptor}</md:EntityDescriptor>`
  );
}

function keyDescriptors(certificates: readonly string[] = [], use: 'signing' | 'encryption'): string {
  return certificates
    .map(
      (certificate) =>
        `<md:KeyDescriptor use="${use}"><ds:KeyInfo xmlns:ds="${namespaces.signature}"><ds:X509Data>` +
        `<ds:X509Certificate>${certificateBody(certificate)}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`,
    )
    .join('');
}

function services(name: string, url: string): string {
  const service = (binding: SamlBinding) => `<md:${name} Binding="${binding}" Location="${escapeXml(url)}"/>`;
  return service(bindings.redirect) + service(bindings.post);
}

function formatElement(format: string | undefined): string {
  return format === undefined ? '' : `<md:NameIDFormat>${escapeXml(format)}</md:NameIDFormat>`;
}

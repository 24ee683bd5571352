/** The configuration of a SAML provider: its metadata by URL or as XML, or the three values that sign-in needs. */
import { providerUrl, z } from '@aldaba/connectors/kit';
import { AldabaError } from '../../../kernel/errors.ts';
import type { Fetch } from '../../../kernel/outbound.ts';
import {
  bindings,
  type IdentityProviderMetadata,
  normalizeCertificate,
  readIdentityProviderMetadata,
  SamlMetadataError,
} from '../../../services/saml/index.ts';

const name = z.string().trim().min(1).max(256);
const members = z.strictObject({
  metadataUrl: providerUrl.optional(),
  metadata: z.string().min(1).max(262_144).optional(),
  entityId: z.string().trim().min(1).max(1024).optional(),
  signInEndpoint: providerUrl.optional(),
  x509Certificate: z.string().min(1).max(16_384).optional(),
  /** Attributes that the profile is read from; `nameID` stands for the name of the subject. */
  attributeMapping: z.strictObject({ id: name, email: name, name: name, avatar: name }).partial().optional(),
  signAuthnRequest: z.boolean().optional(),
  requestSignatureAlgorithm: z.enum(['rsa-sha256', 'rsa-sha512']).optional(),
});

const byFields = ['entityId', 'signInEndpoint', 'x509Certificate'] as const;

export const samlConfig = members.superRefine((config, context) => {
  const isByFields = byFields.some((field) => config[field] !== undefined);
  const sources = [config.metadataUrl !== undefined, config.metadata !== undefined, isByFields].filter(Boolean);
  if (sources.length !== 1) {
    const message = 'Give exactly one: metadataUrl, metadata, or entityId, signInEndpoint and x509Certificate';
    context.addIssue({ code: 'custom', path: ['metadataUrl'], message });
  }
  if (!isByFields) return;
  for (const field of byFields)
    if (config[field] === undefined) context.addIssue({ code: 'custom', path: [field], message: 'Is missing' });
});
export type SamlConfig = z.output<typeof samlConfig>;

const refused = (path: string, message: string, cause?: unknown) =>
  new AldabaError('connector.invalid_config', { problems: [{ path, message }] }, { cause });

function read(path: string, xml: string): IdentityProviderMetadata {
  try {
    return readIdentityProviderMetadata(xml);
  } catch (error) {
    if (!(error instanceof SamlMetadataError)) throw error;
    throw refused(path, `The metadata cannot be used (${error.problem}). ${error.message.slice(0, 300)}`, error);
  }
}

/** Reads the metadata that a provider publishes. @throws AldabaError `connector.invalid_config` */
export async function fetchMetadata(outbound: Fetch, url: string): Promise<IdentityProviderMetadata> {
  const response = await outbound(url, { headers: { accept: 'application/samlmetadata+xml, application/xml' } }).catch(
    (error: unknown) => {
      throw error instanceof Error ? refused('metadataUrl', `Cannot be read: ${error.message}`, error) : error;
    },
  );
  if (!response.ok) throw refused('metadataUrl', `Cannot be read: HTTP ${response.status}`);
  return read('metadataUrl', await response.text());
}

/** What a configuration says about its provider. @throws AldabaError `connector.invalid_config` */
export async function resolveMetadata(outbound: Fetch, config: SamlConfig): Promise<IdentityProviderMetadata> {
  if (config.metadataUrl !== undefined) return fetchMetadata(outbound, config.metadataUrl);
  if (config.metadata !== undefined) return read('metadata', config.metadata);
  const { entityId = '', signInEndpoint = '', x509Certificate = '' } = config;
  try {
    return {
      entityId,
      singleSignOnUrl: signInEndpoint,
      singleSignOnBinding: bindings.redirect,
      certificates: [normalizeCertificate(x509Certificate)],
      wantsSignedRequests: false,
    };
  } catch (error) {
    throw refused('x509Certificate', 'Is not a certificate in PEM or base64', error);
  }
}

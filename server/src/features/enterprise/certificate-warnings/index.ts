/**
 * Warnings before certificates of SAML connectors and applications expire, our own and those of the partners: in the
 * audit log 30 days before, 7 days before and afterwards, each once.
 *
 * Owns the note of what was written. Does not own the certificates (sso-connectors, saml-applications), which show the
 * same in the answers of the Management API.
 */
export { type CertificateWarnings, createCertificateWarnings } from './service.ts';

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSamlKeyPair } from '../../server/src/services/saml/index.ts';
import { type ForeignClient, startForeignClient } from './foreign-clients.ts';
import type { Operator } from './operator.ts';
import { freePort } from './programs.ts';
import { findPython } from './python.ts';

/** The identity provider of a company on pysaml2, connected to a server. */
export interface Pysaml2Company {
  program: ForeignClient;
  connectorId: string;
  close: () => Promise<void>;
}

/**
 * Connects the company of `acme.example` as an operator does it: the connector first, then our metadata at the
 * provider, then its metadata here. The server has to be allowed to reach `localhost`, and enterprise sign-in to be on.
 */
export async function connectPysaml2Company({ call, endpoint }: Operator): Promise<Pysaml2Company> {
  // Before anything is connected that would be left over.
  findPython();
  const folder = await mkdtemp(join(tmpdir(), 'aldaba-saml-company-'));
  const draft = { providerName: 'SAML', connectorName: 'Acme', domains: ['acme.example'] };
  const connector = await call<{ id: string; providerConfig: { serviceProvider: { entityId: string } } }>(
    'POST',
    '/api/sso-connectors',
    draft,
  );
  const own = await fetch(`${endpoint}/api/authn/single-sign-on/saml/${connector.id}/metadata`);
  const validity = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 86_400_000) };
  const keys = await createSamlKeyPair('company', validity);
  await writeFile(join(folder, 'key.pem'), keys.privateKey);
  await writeFile(join(folder, 'cert.pem'), keys.certificate);
  await writeFile(join(folder, 'sp.xml'), await own.text());
  const settings = { port: await freePort(), issuer: endpoint, clientId: '', clientSecret: '' };
  const environment = { FOLDER: folder, PARTNER: connector.providerConfig.serviceProvider.entityId };
  const program = await startForeignClient('pysaml2_company.py', { ...settings, environment });
  const config = { metadataUrl: `${program.url}/metadata` };
  await call('PATCH', `/api/sso-connectors/${connector.id}`, { config });
  return {
    program,
    connectorId: connector.id,
    async close() {
      await program.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

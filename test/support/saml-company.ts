import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { createSamlKeyPair, type SamlKeyPair } from '../../server/src/services/saml/index.ts';
import { assertionXml, at, encode, encrypted, type Parts, parts, responseXml, signed } from '../saml/messages.ts';

/** The identity provider of a company that speaks SAML: metadata on loopback, responses written as text and signed. */
export interface SamlCompany {
  entityId: string;
  metadataUrl: string;
  metadata: () => string;
  keys: SamlKeyPair;
  /** Whether the metadata asks for signed requests. */
  wantsSignedRequests: boolean;
  /** Whether requests are taken as a form alone: the metadata has no HTTP-Redirect. */
  takesFormsAlone: boolean;
  /** Takes a new key; responses are signed with it from now on, and the metadata names it. */
  rotate: () => Promise<void>;
  /** Who signs in on the provider's own page. */
  visitor: SamlPerson;
  /** How many times the metadata was read. */
  reads: number;
  /** Where the address of the metadata leads to; undefined while it has the document. */
  metadataMovedTo: string | undefined;
  /** The answer to a request: what the browser posts to the assertion consumer service. */
  answer: (request: string | SamlForm, person: SamlPerson, changed?: Partial<Parts>) => Answer;
  /** The address of a request that was never made, for an answer that the provider starts. */
  unasked: (side: { acsUrl: string; entityId: string }) => string;
  /** The same with an assertion that is encrypted for a certificate. */
  encrypted: (request: string | SamlForm, person: SamlPerson, certificate: string) => Answer;
  close: () => Promise<void>;
}

/** A form as a page of the server makes the browser post it. */
export interface SamlForm {
  action: string;
  fields: Record<string, string>;
}

export interface SamlPerson {
  nameId: string;
  attributes?: Record<string, string[]>;
}

interface Answer {
  acsUrl: string;
  fields: { SAMLResponse: string; RelayState: string };
}

export async function startSamlCompany(now: () => number = Date.now): Promise<SamlCompany> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const entityId = `${url}/entity`;
  const newKeys = () =>
    createSamlKeyPair('company', { notBefore: new Date(now() - 86_400_000), notAfter: new Date(now() + 86_400_000) });
  const bodyOf = (pem: string) => pem.replaceAll(/-----[A-Z ]+-----|\s/g, '');
  server.on('request', async (request, response) => {
    if (request.method === 'POST') {
      let body = '';
      for await (const chunk of request) body += chunk;
      const fields = Object.fromEntries(new URLSearchParams(body));
      return response.writeHead(200, { 'content-type': 'text/html' }).end(pageFor({ action: `${url}/sso`, fields }));
    }
    if (request.url?.startsWith('/sso?'))
      return response.writeHead(200, { 'content-type': 'text/html' }).end(pageFor(`${url}${request.url}`));
    company.reads += 1;
    if (company.metadataMovedTo !== undefined)
      return response.writeHead(302, { location: company.metadataMovedTo }).end();
    return response.writeHead(200, { 'content-type': 'application/samlmetadata+xml' }).end(company.metadata());
  });
  let count = 0;
  const partsFor = (asked: string | SamlForm, { nameId, attributes = {} }: SamlPerson) => {
    const isForm = typeof asked !== 'string';
    const query = isForm ? new URLSearchParams(asked.fields) : new URL(asked).searchParams;
    const message = Buffer.from(query.get('SAMLRequest') ?? '', 'base64');
    const request = (isForm ? message : inflateRawSync(message)).toString();
    const read = (name: string) => new RegExp(`${name}="([^"]+)"`).exec(request)?.[1] ?? '';
    const acsUrl = read('AssertionConsumerServiceURL');
    const audience = /<saml:Issuer>([^<]+)</.exec(request)?.[1] ?? '';
    const date = new Date(now());
    const inResponseTo = read(' ID') === '' ? '' : ` InResponseTo="${read(' ID')}"`;
    count += 1;
    const issuer = `<saml:Issuer>${entityId}</saml:Issuer>`;
    const values = Object.entries(attributes).map(
      ([name, list]) =>
        `<saml:Attribute Name="${name}">${list.map((value) => `<saml:AttributeValue>${value}</saml:AttributeValue>`).join('')}</saml:Attribute>`,
    );
    const made = parts(date, {
      assertionId: `_a${count}`,
      responseId: `_r${count}`,
      issuer,
      responseIssuer: issuer,
      destination: ` Destination="${acsUrl}"`,
      responseInResponseTo: inResponseTo,
      nameId: `<saml:NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress">${nameId}</saml:NameID>`,
      confirmation:
        `<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData` +
        ` NotOnOrAfter="${at(date, 300)}" Recipient="${acsUrl}"${inResponseTo}/></saml:SubjectConfirmation>`,
      conditions:
        `<saml:Conditions NotBefore="${at(date, -60)}" NotOnOrAfter="${at(date, 300)}"><saml:AudienceRestriction>` +
        `<saml:Audience>${audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>`,
      attributes: values.length > 0 ? `<saml:AttributeStatement>${values.join('')}</saml:AttributeStatement>` : '',
    });
    return { made, acsUrl, relayState: query.get('RelayState') ?? '' };
  };
  /** The provider’s own page, which a browser brings requests to: its button signs the visitor in. */
  const pageFor = (asked: string | SamlForm): string => {
    const { acsUrl, fields } = company.answer(asked, company.visitor);
    const inputs = Object.entries(fields).map(
      ([name, value]) => `<input type="hidden" name="${name}" value="${value}">`,
    );
    return `<!doctype html><html lang="en"><title>Sign in at the company</title><main><h1>The company</h1>
      <form method="post" action="${acsUrl}">${inputs.join('')}<button>Sign in there</button></form></main>`;
  };
  const own = () => ({ key: company.keys.privateKey, certificate: company.keys.certificate });
  const company: SamlCompany = {
    entityId,
    metadataUrl: `${url}/metadata`,
    metadata: () =>
      `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entityId}"><md:IDPSSODescriptor` +
      ` WantAuthnRequestsSigned="${company.wantsSignedRequests}" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">` +
      `<md:KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>` +
      `${bodyOf(company.keys.certificate)}</X509Certificate></X509Data></KeyInfo></md:KeyDescriptor>` +
      `<md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${url}/slo"/>` +
      `<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-${company.takesFormsAlone ? 'POST' : 'Redirect'}" Location="${url}/sso"/>` +
      `</md:IDPSSODescriptor></md:EntityDescriptor>`,
    keys: await newKeys(),
    wantsSignedRequests: false,
    takesFormsAlone: false,
    visitor: { nameId: 'ada@acme.example' },
    reads: 0,
    metadataMovedTo: undefined,
    async rotate() {
      company.keys = await newKeys();
    },
    answer(request, person, changed = {}) {
      const { made, acsUrl, relayState: RelayState } = partsFor(request, person);
      const part = { ...made, ...changed };
      const xml = signed(responseXml(part, assertionXml(part)), part.assertionId, own());
      return { acsUrl, fields: { SAMLResponse: encode(xml), RelayState } };
    },
    unasked({ acsUrl, entityId: audience }) {
      const request = `<r AssertionConsumerServiceURL="${acsUrl}"><saml:Issuer>${audience}</saml:Issuer></r>`;
      const query = new URLSearchParams({ SAMLRequest: deflateRawSync(request).toString('base64') });
      return `${url}/sso?${query}`;
    },
    encrypted(request, person, certificate) {
      const { made, acsUrl, relayState: RelayState } = partsFor(request, person);
      const assertion = signed(assertionXml(made), made.assertionId, own());
      return {
        acsUrl,
        fields: { SAMLResponse: encode(responseXml(made, encrypted(assertion, certificate))), RelayState },
      };
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return company;
}

/** The SOAP binding of sign-outs (SAML bindings section 3.2): from server to server, without a browser. */
import { createLogoutMessage, type ExpectedLogout, type NewLogoutRequest, verifyLogoutAnswer } from './logout.ts';
import { SamlRefusal } from './refusal.ts';
import { childElements, getChild, isNamed, readXml } from './xml.ts';

const soap = 'http://schemas.xmlsoap.org/soap/envelope/';

/** The signed request in its envelope. */
export function createSoapLogoutRequest(request: Omit<NewLogoutRequest, 'relayState'>): string {
  return `<S:Envelope xmlns:S="${soap}"><S:Body>${createLogoutMessage(request)}</S:Body></S:Envelope>`;
}

/** Verifies the response in its envelope, and returns its top-level status; throws `SamlRefusal`. */
export function verifySoapLogoutResponse(
  text: string,
  expected: Omit<ExpectedLogout, 'destination'> & { inResponseTo: string },
): string {
  const envelope = readXml(text);
  if (!isNamed(envelope, soap, 'Envelope')) throw new SamlRefusal('unexpected_structure', 'not a SOAP envelope');
  const [message, ...others] = childElements(getChild(envelope, soap, 'Body'));
  if (!message || others.length > 0) throw new SamlRefusal('unexpected_structure', 'not exactly one message');
  return verifyLogoutAnswer({ text, root: envelope, message }, expected);
}

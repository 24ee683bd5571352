import type { SamlRefusalReason } from '../../server/src/services/saml/index.ts';
import {
  acs,
  at,
  attacker,
  conditionsXml,
  confirmationXml,
  dataOf,
  signedAssertion,
  signedResponse,
  sp,
  statementXml,
  statusXml,
  user,
  type World,
} from './messages.ts';

export type Row = [name: string, message: (world: World) => string, ...reasons: SamlRefusalReason[]];

export const inName = (text: string) => ({ nameId: `<saml:NameID>${text}</saml:NameID>` });

const data = (options: Parameters<typeof dataOf>[1]) => (w: World) =>
  signedAssertion(w, { confirmation: confirmationXml(dataOf(w.now, options)) });
const conditions = (options: Parameters<typeof conditionsXml>[1]) => (w: World) =>
  signedAssertion(w, { conditions: conditionsXml(w.now, options) });
const dropped = (part: 'conditions' | 'confirmation' | 'statement' | 'nameId' | 'issuer') => (w: World) =>
  signedResponse(w, { [part]: '' });

/** Signed correctly, and still not for us, not now, or not an answer. */
export const content: Row[] = [
  ['for another audience', conditions({ audiences: [['https://other.example.com']] }), 'audience_mismatch'],
  ['for an audience that starts with ours', conditions({ audiences: [[`${sp}/other`]] }), 'audience_mismatch'],
  [
    'for two audiences at once, one not ours',
    conditions({ audiences: [[sp], ['https://other.example.com']] }),
    'audience_mismatch',
  ],
  ['for no audience', conditions({ audiences: [] }), 'audience_mismatch'],
  ['for another recipient', data({ recipient: 'https://other.example.com/acs' }), 'recipient_mismatch'],
  ['for a recipient that starts with ours', data({ recipient: `${acs}/other` }), 'recipient_mismatch'],
  [
    'for no recipient',
    (w) => signedAssertion(w, { confirmation: confirmationXml(dataOf(w.now).replace(/ Recipient="[^"]*"/, '')) }),
    'recipient_mismatch',
  ],
  [
    'to another destination',
    (w) => signedAssertion(w, { destination: ' Destination="https://other.example.com/acs"' }),
    'destination_mismatch',
  ],
  ['signed, to no destination', (w) => signedResponse(w, { destination: '' }), 'destination_mismatch'],
  [
    'from another issuer',
    (w) => signedAssertion(w, { issuer: '<saml:Issuer>https://other.example.com</saml:Issuer>' }),
    'issuer_mismatch',
  ],
  [
    'from another issuer of the response',
    (w) => signedResponse(w, { responseIssuer: '<saml:Issuer>https://other.example.com</saml:Issuer>' }),
    'issuer_mismatch',
  ],
  ['from no issuer', (w) => signedResponse(w, { issuer: '' }), 'unexpected_structure'],
  ['to another request', data({ inResponseTo: '_request-2' }), 'in_response_to_mismatch'],
  [
    'to another request by the response',
    (w) => signedAssertion(w, { responseInResponseTo: ' InResponseTo="_request-2"' }),
    'in_response_to_mismatch',
  ],
  [
    'to no request',
    (w) =>
      signedAssertion(w, {
        responseInResponseTo: '',
        confirmation: confirmationXml(dataOf(w.now).replace(/ InResponseTo="[^"]*"/, '')),
      }),
    'in_response_to_mismatch',
  ],
  ['expired conditions', conditions({ from: -900, to: -600 }), 'expired'],
  ['conditions of the future', conditions({ from: 600, to: 900 }), 'not_yet_valid'],
  ['an expired confirmation', data({ to: -600 }), 'expired'],
  [
    'a confirmation without an end',
    (w) => signedAssertion(w, { confirmation: confirmationXml(dataOf(w.now).replace(/NotOnOrAfter="[^"]*"/, '')) }),
    'time_missing',
  ],
  [
    'a confirmation of the future',
    (w) => signedAssertion(w, { confirmation: confirmationXml(`NotBefore="${at(w.now, 600)}" ${dataOf(w.now)}`) }),
    'not_yet_valid',
  ],
  [
    'conditions without an end',
    (w) => signedAssertion(w, { conditions: conditionsXml(w.now).replace(/ NotOnOrAfter="[^"]*"/, '') }),
    'time_missing',
  ],
  [
    'an ended session',
    (w) => signedAssertion(w, { statement: statementXml(w.now, ` SessionNotOnOrAfter="${at(w.now, -600)}"`) }),
    'expired',
  ],
  ['issued in the future', (w) => signedAssertion(w, { issueInstant: at(w.now, 900) }), 'not_yet_valid'],
  [
    'a time that is none',
    (w) =>
      signedAssertion(w, {
        conditions: conditionsXml(w.now).replace(/NotOnOrAfter="[^"]*"/, 'NotOnOrAfter="tomorrow"'),
      }),
    'malformed_message',
  ],
  [
    'a time without a zone',
    (w) => signedAssertion(w, { conditions: conditionsXml(w.now).replace(/(NotOnOrAfter="[^"]*)Z"/, '$1"') }),
    'malformed_message',
  ],
  ['a status of failure', (w) => signedAssertion(w, { status: statusXml('Responder') }), 'status_not_success'],
  [
    'a status of success inside a failure',
    (w) =>
      signedAssertion(w, {
        status: statusXml('Requester', '<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/>'),
      }),
    'status_not_success',
  ],
  ['no status', (w) => signedAssertion(w, { status: '' }), 'unexpected_structure'],
  ['SAML 1.1', (w) => signedAssertion(w, { version: '1.1' }), 'unexpected_structure'],
  [
    'a confirmation by a key',
    (w) => signedAssertion(w, { confirmation: confirmationXml(dataOf(w.now), 'holder-of-key') }),
    'confirmation_missing',
  ],
  ['no confirmation', dropped('confirmation'), 'confirmation_missing'],
  [
    'two confirmations, one for another',
    (w) =>
      signedAssertion(w, {
        confirmation:
          confirmationXml(dataOf(w.now)) + confirmationXml(dataOf(w.now, { recipient: 'https://other.example.com' })),
      }),
    'confirmation_missing',
  ],
  ['no name', dropped('nameId'), 'subject_missing'],
  ['an empty name', (w) => signedAssertion(w, inName('')), 'subject_missing'],
  [
    'two names',
    (w) => signedAssertion(w, { nameId: `<saml:NameID>${user}</saml:NameID><saml:NameID>${attacker}</saml:NameID>` }),
    'unexpected_structure',
  ],
  ['no conditions', dropped('conditions'), 'unexpected_structure'],
  ['two conditions', (w) => signedAssertion(w, { conditions: conditionsXml(w.now).repeat(2) }), 'unexpected_structure'],
  ['a condition that is not understood', conditions({ more: '<saml:Condition/>' }), 'condition_not_understood'],
  ['no statement of a sign-in', dropped('statement'), 'unexpected_structure'],
  [
    'not a response',
    (w) => signedResponse(w).replaceAll('samlp:Response', 'samlp:LogoutResponse'),
    'unexpected_structure',
  ],
];

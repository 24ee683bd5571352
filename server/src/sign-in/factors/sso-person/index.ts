/** What an enterprise provider told about a person, as the proof of a sign-in. */
import type { BoundSso, SsoAnswer } from '../../../features/enterprise/sso-connectors/index.ts';
import { defined } from '../../../kernel/defined.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { normalizeEmail } from '../../../kernel/identifiers.ts';
import { makeStorable } from '../../../kernel/storable.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import type { Proof } from '../../machine/state.ts';
import type { SignInNeeds } from '../../needs.ts';
import type { SsoPerson } from '../enterprise-sso/definition.ts';

export type SsoProof = Extract<Proof, { type: 'EnterpriseSso' }>;

export const createSsoProofs =
  ({ tokenSets, clock }: Pick<SignInNeeds, 'tokenSets' | 'clock'>) =>
  ({ tenant }: { tenant: Tenant }, { id, row }: { id: string; row: BoundSso['row'] }, answer: SsoAnswer): SsoProof => {
    const email = answer.email === undefined ? undefined : normalizeEmail(answer.email);
    const domain = email?.slice(email.lastIndexOf('@') + 1);
    const isVouched = domain !== undefined && answer.isEmailVerified && row.domains.includes(domain);
    const { issuer, name, avatar } = answer;
    // Role mappings read them, so they are kept whole or not at all.
    if (JSON.stringify(answer.attributes).length > maximumAttributes)
      throw new AldabaError('connector.invalid_response');
    const person = makeStorable({
      issuer,
      id: answer.id,
      ...defined({ email, name: shortened(name, 128), avatar: showable(avatar) }),
      ...(isVouched ? { isVouched } : {}),
    }) as SsoPerson;
    return {
      id,
      type: 'EnterpriseSso',
      createdAt: clock.now(),
      used: false,
      connectorId: row.id,
      person,
      attributes: makeStorable(answer.attributes),
      syncProfile: row.syncProfile,
      ...defined({ sessionId: answer.sessionId, tokensSealed: tokenSets.pack(tenant, id, answer.tokens) }),
    };
  };

/** Characters of what a provider told that a sign-in carries along. */
const maximumAttributes = 65_536;
const shortened = (text: string | undefined, length: number) => text?.slice(0, length) || undefined;
/** A picture is loaded by browsers of other users: only over https. */
const showable = (avatar: string | undefined) =>
  avatar !== undefined && /^https:/i.test(avatar) && avatar.length <= 2048 ? avatar : undefined;

/** The account of an enterprise user: which one it is, and what a completed sign-in leaves with it. */
import type { ErrorWithData } from '@aldaba/contract';
import { AldabaError } from '../../../kernel/errors.ts';
import { normalizeEmail } from '../../../kernel/identifiers.ts';
import type { Transaction } from '../../../store/index.ts';
import type { SsoProof } from '../../factors/enterprise-sso/index.ts';
import { refusalByDomain } from '../../machine/enterprise-sso/index.ts';
import type { Effect, Related } from '../../machine/vocabulary.ts';
import type { Identifier } from '../../needs.ts';
import type { Interaction } from '../../port.ts';
import type { LoadedInteraction, StepContext, StepNeeds } from '../context.ts';

/** @throws AldabaError `session.sso_enabled` for an address whose company signs its users in */
export function assertNoSso({ policy }: LoadedInteraction, { type, value }: Identifier): void {
  const refusal = type === 'email' ? refusalByDomain([normalizeEmail(value) ?? value], policy) : undefined;
  // The machine's types tie the data to the code; taken apart they no longer show it.
  if (refusal) throw AldabaError.of({ code: refusal.refused, data: refusal.data } as ErrorWithData);
}

/** The account of the person, and one that has an address for which the provider stands. */
export async function findPerson(
  { needs: { ssoIdentities, users }, accountFor }: Pick<StepContext, 'needs' | 'accountFor'>,
  interaction: LoadedInteraction,
  { connectorId, person }: SsoProof,
) {
  const { db } = interaction.tenant;
  const { issuer, id: identityId, email, isVouched } = person;
  const user = await ssoIdentities.findUser(db, { connectorId, issuer, identityId });
  const account = user && (await accountFor(interaction, user));
  if (account || email === undefined || !isVouched) return { account, related: undefined };
  const address = { type: 'email' as const, value: email };
  const owner = await users.findByIdentifier(db, address);
  const found = owner && (await accountFor(interaction, owner));
  const related: Related | undefined = owner &&
    found && { account: found, address, isVerified: await users.isEmailVerified(db, owner.id) };
  return { account: undefined, related };
}

/** Links the identity, joins the organizations of the connector, gives the mapped roles and stores the tokens. */
export async function executeSso(
  { ssoIdentities, ssoConnectors, organizationJit, tokenSets, changes, logs }: StepNeeds,
  tx: Transaction,
  { tenant, applicationId, uidHash: sessionId }: Interaction,
  { userId, proof, adopted, created }: Extract<Effect, { type: 'enter-sso' }>,
): Promise<void> {
  const { connectorId, person, attributes, tokensSealed: sealed } = proof;
  const { issuer, id: identityId, email, name, avatar } = person;
  const connection = await ssoConnectors.connection(tenant, connectorId);
  if (!connection) throw new AldabaError('session.invalid_connector_id', { connectorId });
  const detail = { ...attributes, id: identityId, email, name, avatar };
  const key = { connectorId, issuer, identityId };
  const isNew = await ssoIdentities.link(tx, userId, { ...key, detail, sessionId: proof.sessionId });
  if (isNew) {
    // The account had the identity when the sign-in began, and has lost it since.
    if (!adopted && !created) throw new AldabaError('session.verification_failed');
    if (adopted) await changes.announce(tx, 'account.changed', { userId, what: 'social-linked' });
    const params = { connectorId, issuer, identity: identityId };
    tx.afterCommit(() =>
      logs.write(tenant.id, {
        key: 'Account.LinkSsoIdentity',
        result: 'Success',
        userId,
        applicationId,
        sessionId,
        params,
      }),
    );
    await organizationJit.joinByConnector(tx, userId, connectorId);
  }
  await organizationJit.applyMappings(tx, userId, { connectorId, mappings: connection.row.roleMappings, attributes });
  if (sealed !== undefined)
    await tokenSets.keep(
      tx,
      { userId, connectorId, target: issuer, identityId, isSso: true },
      { id: proof.id, sealed },
    );
}

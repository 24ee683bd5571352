import type { CommandApp } from '../app.ts';
import type { Tenant } from '../tenancy/index.ts';

/** One finding. `warning` is something to look at that does not stop sign-ins. */
export interface Finding {
  state: 'ok' | 'warning' | 'failed';
  about: string;
  /** What is so, and what to do about it. */
  sentence: string;
}

const kinds = [
  { type: 'Email', address: 'email', factor: 'EmailVerificationCode', example: 'simple-mail-transfer-protocol' },
  { type: 'Sms', address: 'phone', factor: 'PhoneVerificationCode', example: 'twilio-short-message-service' },
] as const;

/** Whether what the tenant sends can be sent. */
export async function checkMessages(app: CommandApp, tenant: Tenant): Promise<Finding[]> {
  const settings = await app.signInExperiences.get(tenant);
  const inboxKinds = await app.connectors.inboxKinds(tenant);
  const findings: Finding[] = [];
  for (const { type, address, factor, example } of kinds) {
    const row = (await app.connectors.list(tenant)).find((candidate) => candidate.type === type);
    const isNeeded =
      settings.signIn.methods.some((method) => method.identifier === address && method.verificationCode) ||
      settings.mfa.factors.includes(factor) ||
      settings.forgotPasswordMethods?.includes(factor) === true;
    if (row?.isUsable)
      findings.push({
        state: 'ok',
        about: type,
        sentence: `${row.connectorId} is configured. Test it with: ./aldaba connector test ${row.connectorId} --to …`,
      });
    else if (row)
      findings.push({
        state: isNeeded ? 'failed' : 'warning',
        about: type,
        sentence: `${row.connectorId} is missing required fields. See ./aldaba connector set ${row.connectorId} --help`,
      });
    else if (inboxKinds.includes(type) && (isNeeded || type === 'Email'))
      findings.push({
        state: 'warning',
        about: type,
        sentence: `No connector sends codes by ${address}: they go to the inbox (./aldaba inbox). Before production, see: ./aldaba connector add ${example} --help`,
      });
    else if (isNeeded)
      findings.push({
        state: 'failed',
        about: type,
        sentence: `The sign-in settings require codes by ${address}, but no connector sends them. See: ./aldaba connector add ${example} --help`,
      });
    else if (type === 'Email')
      findings.push({
        state: 'warning',
        about: type,
        sentence: `No connector sends email, so users cannot reset their password. See: ./aldaba connector add ${example} --help`,
      });
  }
  return findings;
}

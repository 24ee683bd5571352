/** The values of the form for tokens: `customClientMetadata` with every member that an input shows. */
import type { Application } from '@aldaba/contract/routes';

type Metadata = Application['customClientMetadata'];

export const signingAlgorithms = ['RS256', 'PS256', 'ES256', 'ES384', 'ES512'] as const satisfies readonly NonNullable<
  Metadata['idTokenSignedResponseAlg']
>[];

/** Empty where the application has nothing of its own. */
export interface TokenValues {
  idTokenTtl: number | string;
  idTokenSignedResponseAlg: NonNullable<Metadata['idTokenSignedResponseAlg']> | '';
  claims: NonNullable<Metadata['claims']>;
  refreshTokenTtlInDays: number | string;
  rotateRefreshToken: boolean;
  refreshTokenGracePeriod: number | string;
  alwaysIssueRefreshToken: boolean;
  maxAllowedGrants: number | string;
  allowTokenExchange: boolean;
  backchannelLogoutUri: string;
}

export const tokenValues = ({ customClientMetadata: custom, oidcClientMetadata: oidc }: Application): TokenValues => ({
  idTokenTtl: custom.idTokenTtl ?? '',
  idTokenSignedResponseAlg: custom.idTokenSignedResponseAlg ?? '',
  claims: custom.claims ?? 'standard',
  refreshTokenTtlInDays: custom.refreshTokenTtlInDays ?? '',
  rotateRefreshToken: custom.rotateRefreshToken ?? true,
  refreshTokenGracePeriod: custom.refreshTokenGracePeriod ?? '',
  alwaysIssueRefreshToken: custom.alwaysIssueRefreshToken ?? false,
  maxAllowedGrants: custom.maxAllowedGrants ?? '',
  allowTokenExchange: custom.allowTokenExchange ?? false,
  backchannelLogoutUri: oidc.backchannelLogoutUri ?? '',
});

const numbers = ['idTokenTtl', 'refreshTokenTtlInDays', 'refreshTokenGracePeriod', 'maxAllowedGrants'] as const;

/** `customClientMetadata` is replaced whole by the server: what is not in this form stays. */
export function tokenMetadata({ customClientMetadata: kept }: Application, values: TokenValues): Metadata {
  const own: Metadata = {
    ...kept,
    claims: values.claims,
    rotateRefreshToken: values.rotateRefreshToken,
    alwaysIssueRefreshToken: values.alwaysIssueRefreshToken,
    allowTokenExchange: values.allowTokenExchange,
  };
  for (const name of numbers)
    if (values[name] === '') delete own[name];
    else own[name] = Number(values[name]);
  if (values.idTokenSignedResponseAlg === '') delete own.idTokenSignedResponseAlg;
  else own.idTokenSignedResponseAlg = values.idTokenSignedResponseAlg;
  return own;
}

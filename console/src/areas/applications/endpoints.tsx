import { useQuery } from '@tanstack/react-query';
import { apiOf } from '../../api/client.ts';
import { useTenant } from '../../api/queries.ts';
import { CopyField } from '../../patterns/copy.tsx';
import { FormSection } from '../../patterns/form.tsx';
import { baseUrlOf } from '../../settings.ts';
import { ErrorPage } from '../../shell/error-pages.tsx';
import { PendingPage } from '../../shell/pending-page.tsx';
import classes from './endpoints.module.css';
import { applicationPhrases } from './phrases.ts';

const discovery = '/oidc/.well-known/openid-configuration';

/** Members of the discovery document (OpenID Connect Discovery section 3) by the key of their label. */
const members = {
  issuer: 'issuer',
  authorization: 'authorization_endpoint',
  token: 'token_endpoint',
  userinfo: 'userinfo_endpoint',
  jwks: 'jwks_uri',
  endSession: 'end_session_endpoint',
  introspection: 'introspection_endpoint',
  revocation: 'revocation_endpoint',
} as const;

/** The addresses of the protocol, as the server publishes them. */
export function ApplicationEndpoints() {
  const t = applicationPhrases.use();
  const tenant = useTenant();
  const { data, error, refetch } = useQuery({
    queryKey: [tenant, discovery],
    queryFn: async () => (await apiOf(tenant).send('GET', discovery)).body as Record<string, unknown>,
  });
  if (error) return <ErrorPage error={error} reset={() => void refetch()} />;
  if (!data) return <PendingPage />;
  const shown = Object.entries(members) as [keyof typeof members, string][];
  return (
    <div className={classes.endpoints}>
      <FormSection title={t('endpoints.title')} description={t('endpoints.detail')}>
        <CopyField
          label={t('endpoints.discovery')}
          name={t('endpoints.discovery')}
          value={`${baseUrlOf(tenant)}${discovery}`}
        />
        {shown.map(([key, member]) => {
          const address = data[member];
          const label = t(`endpoints.${key}`);
          return typeof address === 'string' && <CopyField key={key} label={label} name={label} value={address} />;
        })}
      </FormSection>
    </div>
  );
}

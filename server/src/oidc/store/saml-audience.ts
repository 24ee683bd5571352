import type { SoapNotice } from '../../features/enterprise/saml-applications/soap-notices.ts';
import { soapBinding } from '../../services/saml/index.ts';
import type { Queries } from '../../store/index.ts';

/** The SAML applications of a session, or of a user's sessions, with sign-outs by SOAP. */
export async function findSoapAudience(q: Queries, ended: { uid: string } | { userId: string }): Promise<SoapNotice[]> {
  const [column, value] = 'uid' in ended ? (['uid', ended.uid] as const) : (['user_id', ended.userId] as const);
  return q.raw(
    `select p.application_id as "applicationId", s.user_id as "userId", p.session_uid as "sessionUid",
        p.name_id as "nameId", p.name_id_format as "nameIdFormat"
       from sessions s
       join saml_sessions p on p.tenant_id = s.tenant_id and p.session_uid = s.uid
       join saml_applications a on a.tenant_id = p.tenant_id and a.application_id = p.application_id
      where s.tenant_id = $1 and s.${column} = $2 and a.single_logout_url ->> 'binding' = $3`,
    [q.tenantId, value, soapBinding],
  );
}

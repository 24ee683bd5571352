import { z } from 'zod';
import type { JobQueue } from '../../../services/jobs/index.ts';

const noticeSchema = z.object({
  applicationId: z.string(),
  userId: z.string(),
  /** The ended session, which the application knows by this index. */
  sessionUid: z.string(),
  nameId: z.string(),
  nameIdFormat: z.string(),
});
export type SoapNotice = z.output<typeof noticeSchema>;

/** Ended sessions that SAML applications learn of by SOAP, without a browser. */
export const soapNotices: JobQueue<SoapNotice> = { name: 'saml-logout', payload: noticeSchema };

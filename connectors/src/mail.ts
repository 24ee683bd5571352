/** The connectors that send emails, in the order in which they are offered. */
import { aliyunDm } from './aliyun-dm/index.ts';
import { awsSes } from './aws-ses/index.ts';
import { httpEmail } from './http-email/index.ts';
import { mailgun } from './mailgun/index.ts';
import { postmark } from './postmark/index.ts';
import { sendgrid } from './sendgrid/index.ts';
import { smtp } from './smtp/index.ts';
import { smtp2go } from './smtp2go/index.ts';
import { tencentMail } from './tencent-mail/index.ts';

export const mailConnectors = [smtp, httpEmail, awsSes, sendgrid, mailgun, postmark, smtp2go, aliyunDm, tencentMail];

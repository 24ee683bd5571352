/* The configuration of a mail server: what the operator fills in, and what is checked. */
import {
  type FormItem,
  mailbox,
  mailTemplates,
  mailTemplatesItem,
  smtpAuthentication,
  textItem,
  z,
} from '../../kit/index.ts';

/** Milliseconds; a message has 20 s in all. */
const limit = (byDefault: number) => z.number().int().min(1).max(600_000).default(byDefault);

/** Only what concerns the connection: everything else would have no effect. */
const tlsOptions = z
  .strictObject({
    rejectUnauthorized: z.boolean(),
    servername: z.string(),
    ca: z.union([z.string(), z.array(z.string())]),
    cert: z.string(),
    key: z.string(),
    passphrase: z.string(),
    ciphers: z.string(),
    minVersion: z.enum(['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']),
    maxVersion: z.enum(['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']),
  })
  .partial();

const headerName = /^[A-Za-z0-9-]{1,76}$/;

const withoutEffect = (reason: string) => z.literal(false, { error: reason }).optional();

export const smtpConfig = z
  .object({
    host: z
      .string()
      .min(1)
      .regex(/^[^\s/:@]+$|^[0-9a-fA-F:.]+$/, 'Must be a host name or an address, without a scheme and a port'),
    port: z.number().int().min(1).max(65_535),
    auth: smtpAuthentication.optional(),
    fromEmail: mailbox,
    replyTo: mailbox.optional(),
    templates: mailTemplates,
    secure: z.boolean().default(false),
    requireTLS: z.boolean().optional(),
    ignoreTLS: z.boolean().optional(),
    tls: tlsOptions.optional(),
    servername: z.string().optional(),
    name: z.string().optional(),
    localAddress: z.union([z.ipv4(), z.ipv6()]).optional(),
    connectionTimeout: limit(10_000),
    greetingTimeout: limit(10_000),
    socketTimeout: limit(20_000),
    dnsTimeout: limit(10_000),
    customHeaders: z
      .record(z.string().regex(headerName, 'Is not the name of a header'), z.string().regex(/^[^\r\n\0]*$/))
      .optional(),
    // Known to published configurations. Templates are text, so that there is no file or address to read.
    disableFileAccess: z.boolean().optional(),
    disableUrlAccess: z.boolean().optional(),
    logger: withoutEffect('The log of an SMTP session holds passwords and codes'),
    debug: withoutEffect('The log of an SMTP session holds passwords and codes'),
  })
  .refine(({ requireTLS, ignoreTLS }) => !(requireTLS && ignoreTLS), {
    path: ['ignoreTLS'],
    message: 'Contradicts requireTLS',
  });

const milliseconds = (key: string, label: string, byDefault: number): FormItem => ({
  key,
  type: 'Number',
  label,
  placeholder: String(byDefault),
  description: 'Milliseconds.',
});

const toggle = (key: string, label: string, description: string): FormItem => ({
  key,
  type: 'Switch',
  label,
  description,
});

export const smtpFormItems: FormItem[] = [
  textItem('host', 'Host', { placeholder: 'smtp.example.com' }),
  { key: 'port', type: 'Number', label: 'Port', required: true, placeholder: '587' },
  toggle('secure', 'Secure', 'TLS from the first byte (port 465). Off: STARTTLS, as on port 587.'),
  toggle('requireTLS', 'Require STARTTLS', 'Do not send if the server does not offer encryption.'),
  {
    key: 'auth',
    type: 'Json',
    label: 'Auth',
    defaultValue: { type: 'login', user: '<username>', pass: '<password>' },
    description: 'User and password, or OAuth 2.0. It is stored encrypted.',
  },
  textItem('fromEmail', 'From Email', { placeholder: 'Example <no-reply@example.com>' }),
  textItem('replyTo', 'Reply To', { required: false, placeholder: 'support@example.com' }),
  mailTemplatesItem,
  toggle('ignoreTLS', 'Ignore STARTTLS', 'Send unencrypted even if the server offers encryption.'),
  {
    key: 'tls',
    type: 'Json',
    label: 'TLS',
    defaultValue: {},
    description: 'rejectUnauthorized, servername, ca, cert, key, passphrase, ciphers, minVersion, maxVersion.',
  },
  textItem('servername', 'Servername', {
    required: false,
    description: 'The name in the server’s certificate, if it is not the host.',
  }),
  textItem('name', 'Name', { required: false, description: 'What Aldaba calls itself to the mail server.' }),
  textItem('localAddress', 'Local address', {
    required: false,
    description: 'The address of this machine that messages are sent from.',
  }),
  milliseconds('connectionTimeout', 'Connection timeout', 10_000),
  milliseconds('greetingTimeout', 'Greeting timeout', 10_000),
  milliseconds('socketTimeout', 'Socket timeout', 20_000),
  milliseconds('dnsTimeout', 'DNS timeout', 10_000),
  { key: 'customHeaders', type: 'Json', label: 'Custom headers', defaultValue: {} },
];

import { z } from 'zod';
import { ConnectorError } from './errors.ts';

const languageTag = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;

/** Text in several languages, by BCP 47 tag; English is always there and is the fallback. */
export const localizedText = z
  .record(z.string().regex(languageTag), z.string())
  .refine((text): text is Record<string, string> & { en: string } => Boolean(text.en), {
    message: 'An English text (en) is needed',
  });
export type LocalizedText = Readonly<Record<string, string>> & { readonly en: string };

const formItemBase = {
  /** The key of the configuration that this field fills; `a.b` is the member `b` of `a`. */
  key: z.string().min(1),
  label: z.string().min(1),
  placeholder: z.string().optional(),
  required: z.boolean().optional(),
  defaultValue: z.unknown().optional(),
  description: z.string().optional(),
  tooltip: z.string().optional(),
  /** The field is shown only while every other field named here has the value expected. */
  showConditions: z.array(z.object({ targetKey: z.string(), expectValue: z.unknown() })).optional(),
  isDevFeature: z.boolean().optional(),
};

/** One field of the configuration form, in one of the seven kinds that consoles can draw. */
export const formItem = z.discriminatedUnion('type', [
  z.object({ type: z.literal('Text'), ...formItemBase, isConfidential: z.boolean().optional() }),
  z.object({ type: z.literal('Number'), ...formItemBase }),
  z.object({ type: z.literal('MultilineText'), ...formItemBase, isConfidential: z.boolean().optional() }),
  z.object({ type: z.literal('Switch'), ...formItemBase }),
  z.object({
    type: z.literal('Select'),
    ...formItemBase,
    selectItems: z.array(z.object({ value: z.string(), title: z.string() })),
  }),
  z.object({ type: z.literal('MultiSelect'), ...formItemBase, selectItems: z.array(z.object({ value: z.string() })) }),
  z.object({ type: z.literal('Json'), ...formItemBase }),
]);
export type FormItem = z.output<typeof formItem>;

export const connectorTypes = ['Social', 'Email', 'Sms'] as const;
export type ConnectorType = (typeof connectorTypes)[number];
/** The last two are WeChat's: its own browser, and its mini programs. */
export const connectorPlatforms = ['Native', 'Universal', 'Web', 'OfficialAccount', 'MiniProgram'] as const;
export type ConnectorPlatform = (typeof connectorPlatforms)[number];

/**
 * Where the operator's guide is: Markdown in the metadata itself (packages bring theirs along), or files named
 * relative to the repository's `docs/` folder (built-in connectors; see `readGuide`).
 */
export const guide = z.union([z.strictObject({ text: localizedText }), z.strictObject({ files: localizedText })]);
export type Guide = z.output<typeof guide>;

/** What is known about a connector before it is configured. */
export const connectorMetadata = z
  .object({
    /** Unique among all connectors, e.g. `wechat-native`. Kept in the database: never changes. */
    id: z.string().min(1).max(128),
    /** The key under which identities are stored, e.g. `wechat`; connectors of one provider share it. */
    target: z.string().min(1),
    type: z.enum(connectorTypes),
    /** Where a social connector can be used; null for mail and messages. */
    platform: z.enum(connectorPlatforms).nullable(),
    name: localizedText,
    description: localizedText,
    /** An http(s) address or a data URL. */
    logo: z.string().min(1),
    logoDark: z.string().min(1).nullable(),
    guide,
    formItems: z.array(formItem),
    /** A configuration to start from, as JSON text; for connectors that are configured without a form. */
    configTemplate: z.string().optional(),
    customData: z.record(z.string(), z.unknown()).optional(),
    fromEmail: z.string().optional(),
    /** A connector for a protocol (OAuth 2, OIDC, SAML): each instance sets its own target, name and logo. */
    isStandard: z.boolean().optional(),
    isTokenStorageSupported: z.boolean().optional(),
    /**
     * The domains whose email addresses the provider answers for, because it hosts the mailboxes: `domains`, and the
     * one that `claim` names in the provider's answer. Only with `email_verified` in the same answer.
     */
    emailAuthority: z.object({ domains: z.array(z.string()), claim: z.string().optional() }).optional(),
  })
  .refine(({ type, platform }) => (type === 'Social') === (platform !== null), {
    path: ['platform'],
    message: 'Social connectors have a platform, the others have none',
  });
export type ConnectorMetadata = z.output<typeof connectorMetadata>;

/** The paths and words of zod's findings, without the values that were found. */
export const describeProblems = (
  issues: readonly { readonly path?: readonly PropertyKey[] | undefined; readonly message: string }[],
): readonly { path: string; message: string }[] =>
  issues.map(({ path = [], message }) => ({ path: path.map(String).join('.'), message }));

/**
 * Checks metadata when a connector is defined or loaded.
 * @throws ConnectorError `invalid_metadata`, with the fields that are wrong in `data.problems`.
 */
export const parseMetadata = (value: unknown): ConnectorMetadata => {
  const result = connectorMetadata.safeParse(value);
  if (!result.success) {
    throw new ConnectorError('invalid_metadata', { problems: describeProblems(result.error.issues) });
  }
  return result.data;
};

/**
 * The text in the wanted language (any string is safe): the exact tag, else the same primary language, else English.
 */
export const pickLanguage = (text: LocalizedText, language: string): string => {
  const primary = language.split('-')[0];
  const tags = Object.keys(text);
  const tag = tags.find((each) => each === language) ?? tags.find((each) => each.split('-')[0] === primary);
  return (tag === undefined ? undefined : text[tag]) ?? text.en;
};

/**
 * The guide as Markdown.
 * @param readDocument reads a file by its path relative to the repository's `docs/` folder. The path comes from a
 * connector's metadata, never from a request.
 */
export const readGuide = async (
  source: Guide,
  language: string,
  readDocument: (path: string) => Promise<string>,
): Promise<string> =>
  'text' in source ? pickLanguage(source.text, language) : readDocument(pickLanguage(source.files, language));

/** An SVG drawing as a data URL, for `logo`. */
export const svgDataUrl = (svg: string): string => `data:image/svg+xml,${encodeURIComponent(svg)}`;

/** A neutral mark of our own for a provider: one or two letters on a round square. */
export const letterLogo = (letters: string, background: string): string =>
  svgDataUrl(
    [
      '<svg xmlns="http://www.w3.org/2000/svg" width="48" height="48" viewBox="0 0 48 48">',
      `<rect width="48" height="48" rx="12" fill="${background}"/>`,
      '<text x="24" y="25" fill="#fff" font-family="system-ui,sans-serif" font-weight="700"',
      ` font-size="${letters.length === 1 ? 30 : 24}" text-anchor="middle" dominant-baseline="central">${letters}</text>`,
      '</svg>',
    ].join(''),
  );

/** The guide of a built-in connector, which is written in three languages: `docs/connectors/<name>.<language>.md`. */
export const guideFiles = (name: string): Guide => ({
  files: {
    en: `connectors/${name}.en.md`,
    es: `connectors/${name}.es.md`,
    'zh-CN': `connectors/${name}.zh-CN.md`,
  },
});

export interface Brand {
  readonly id: string;
  readonly target: string;
  /** As the provider writes itself, in every language but Chinese if `chineseName` is there. */
  readonly name: string;
  readonly chineseName?: string;
  readonly logo: string;
  readonly logoDark?: string;
  readonly formItems: FormItem[];
  /** Whether tokens of the provider are of use to applications. */
  readonly isTokenStorageSupported?: boolean;
  readonly emailAuthority?: ConnectorMetadata['emailAuthority'];
}

/**
 * The metadata of a connector for one provider's accounts, usable in browsers and apps; its guide is named after the
 * target.
 */
export const brandMetadata = ({ name, chineseName, logoDark, ...brand }: Brand): ConnectorMetadata => ({
  ...brand,
  type: 'Social',
  platform: 'Universal',
  name: { en: name, es: name, 'zh-CN': chineseName ?? name },
  description: {
    en: `Sign in with ${name}.`,
    es: `Inicio de sesión con ${name}.`,
    'zh-CN': `使用${chineseName ?? ` ${name} `}账号登录。`,
  },
  logoDark: logoDark ?? null,
  guide: guideFiles(brand.target),
});

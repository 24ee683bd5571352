import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import {
  type Block,
  fill,
  type Guide,
  type PlaceholderValues,
  parseGuide,
  parseTranslation,
} from '../../console/guides/format.ts';
import { type GuideShell, openGuideShell, type Variables, type VersionChoice } from './guide-shell.ts';
import { managementApi } from './management.ts';
import type { Operator } from './operator.ts';
import { freePort } from './programs.ts';

const folder = join(import.meta.dirname, '../../console/guides');

/** All guides of the repository, by name. */
export const readGuides = (): Guide[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => parseGuide(name, readFileSync(join(folder, name, 'guide.md'), 'utf8')))
    .sort((one, other) => one.order - other.order);

/** `{{apiIndicator}}`: programs call the Management API, other guides are about an API of their own. */
const indicatorOf = ({ category, name }: Guide): string =>
  category === 'machine-to-machine' ? managementApi : `https://api.example.com/${name}`;

/** The translations of a guide, by language. @throws GuideError for one that does not fit the guide */
export const readTranslations = (guide: Guide): Map<string, Guide> =>
  new Map(
    readdirSync(join(folder, guide.name)).flatMap((file): [string, Guide][] => {
      const language = /^guide\.([\w-]+)\.md$/.exec(file)?.[1];
      const path = join(folder, guide.name, file);
      return language ? [[language, parseTranslation(guide, readFileSync(path, 'utf8'), `${guide.name}/${file}`)]] : [];
    }),
  );

/** A guide that was followed to its end. */
export interface FollowedGuide {
  guide: Guide;
  /** The reader's app, without trailing slash. It runs if the guide has a fence `sh start`. */
  url: string;
  /** What the placeholders were filled with. */
  values: PlaceholderValues;
  /** What was set for the commands, as the prose asks for. */
  variables: Variables;
  /** What each fence of commands printed, in their order. */
  printed: string[];
  /** What the running app has printed so far. */
  output: () => string;
  /** Installed packages that the guide names, with their versions. */
  installedVersions: () => Promise<Record<string, string>>;
  stop: () => Promise<void>;
}

export interface FollowOptions {
  operator: Operator;
  /** Default: recorded. */
  versions?: VersionChoice;
  /** Runs before the first command: registers what the guide's prose asks for, and returns the variables to set. */
  prepare?: (values: PlaceholderValues) => Promise<Variables>;
}

/**
 * Does what a guide says, in its order, in an empty folder: registers the application with the addresses that the guide
 * adds, writes the files, types the commands, and waits until the app answers.
 * @throws Error with the output of the command that failed
 */
export async function followGuide(
  guide: Guide,
  { operator, versions, prepare }: FollowOptions,
): Promise<FollowedGuide> {
  const url = guide.appUrl ? `http://localhost:${await freePort()}` : '';
  const application = await registerApplication(guide, operator, url);
  const values = {
    endpoint: operator.endpoint,
    issuer: `${operator.endpoint}/oidc`,
    appId: application.id,
    appSecret: application.secret,
    apiIndicator: indicatorOf(guide),
    appUrl: url,
    appPort: url && new URL(url).port,
  };
  const variables = (await prepare?.(values)) ?? {};
  const shell = await openGuideShell(guide, versions ?? 'recorded', variables);
  try {
    const printed: string[] = [];
    for (const block of blocksOf(guide)) await followBlock(block, { shell, values, printed });
    if (url) await answers(url, shell);
    return {
      guide,
      url,
      values,
      variables,
      printed,
      output: shell.output,
      installedVersions: shell.installedVersions,
      stop: shell.close,
    };
  } catch (error) {
    await shell.close();
    throw error;
  }
}

const blocksOf = (guide: Guide): Block[] => guide.steps.flatMap(({ blocks }) => blocks);

async function registerApplication(
  guide: Guide,
  operator: Operator,
  url: string,
): Promise<{ id: string; secret: string }> {
  if (!guide.type) return { id: '', secret: '' };
  const addresses = (kind: Block['kind']): string[] =>
    blocksOf(guide).flatMap((block) =>
      block.kind === kind && 'uri' in block ? [block.uri.replaceAll('{{appUrl}}', url)] : [],
    );
  const { id, secret = '' } = await operator.call<{ id: string; secret?: string }>('POST', '/api/applications', {
    name: guide.title,
    type: guide.type,
    isThirdParty: guide.category === 'third-party',
    oidcClientMetadata: {
      redirectUris: addresses('redirect-uri'),
      postLogoutRedirectUris: addresses('post-sign-out-uri'),
    },
    customClientMetadata: { corsAllowedOrigins: addresses('cors-origin') },
  });
  return { id, secret };
}

interface Reader {
  shell: GuideShell;
  values: PlaceholderValues;
  printed: string[];
}

async function followBlock(block: Block, { shell, values, printed }: Reader): Promise<void> {
  if (block.kind === 'code' && block.file !== undefined)
    await shell.write(block.file, `${block.continued ? '\n' : ''}${fill(block.text, values)}\n`, block.continued);
  if (block.kind !== 'commands') return;
  const text = fill(block.text, values);
  if (block.keepsRunning) {
    shell.start(text);
    if (values.appUrl) await answers(values.appUrl, shell);
  } else printed.push(await shell.run(text));
}

/** Milliseconds until an app has to answer; some compile first. */
const startLimit = 120_000;

/** Resolves when the app answers, whatever its status. @throws AssertionError with its output when it does not */
async function answers(url: string, shell: GuideShell): Promise<void> {
  const end = Date.now() + startLimit;
  while (Date.now() < end) {
    assert.ok(shell.isRunning(), `The app of the guide ended:\n${shell.output()}`);
    const answer = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(startLimit) }).catch(
      () => undefined,
    );
    if (answer) return;
    await setTimeout(50);
  }
  assert.fail(`The app of the guide does not answer at ${url}:\n${shell.output()}`);
}

import type { Guide, PlaceholderValues } from '../../console/guides/format.ts';
import { walkThroughSignIn } from './guide-journey.ts';
import type { VersionChoice } from './guide-shell.ts';
import { type FollowedGuide, followGuide } from './guides.ts';
import type { Operator } from './operator.ts';

/** What the guides of a category promise, checked on the app that following the guide made. */
interface GuideCheck {
  promise: string;
  /** Sets up what the guide's prose asks for, before the first command. */
  prepare?: (values: PlaceholderValues, operator: Operator) => Promise<void>;
  check: (app: FollowedGuide, operator: Operator) => Promise<void>;
}

const webApp: GuideCheck = {
  promise: 'signs in, shows the user, protects a page and signs out',
  check: (app) => walkThroughSignIn(app),
};

const checks: Partial<Record<Guide['category'], GuideCheck>> = { traditional: webApp, spa: webApp };

interface GuideTestOptions {
  versions: VersionChoice;
  /** Receives the packages that were installed. */
  onVersions?: (found: Record<string, string>) => void;
}

/** True if the guides of the category have a check; only these can be tested. */
export const hasCheck = ({ category }: Guide): boolean => checks[category] !== undefined;

/** Name and body of the test that follows the guide. */
export function guideTest(
  guide: Guide,
  operator: () => Operator,
  { versions, onVersions }: GuideTestOptions,
): [name: string, body: () => Promise<void>] {
  const { promise, prepare, check } = checks[guide.category] ?? {};
  if (!check) throw new Error(`The guide ${guide.name} is tested, but its category ${guide.category} has no check.`);
  const body = async () => {
    const app = await followGuide(guide, {
      operator: operator(),
      versions,
      prepare: async (values) => prepare?.(values, operator()),
    });
    try {
      await check(app, operator());
      onVersions?.(await app.installedVersions());
    } finally {
      await app.stop();
    }
  };
  return [`${promise} with the guide ${guide.title}`, body];
}

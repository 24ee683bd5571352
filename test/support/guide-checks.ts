import type { Guide, PlaceholderValues } from '../../console/guides/format.ts';
import { reader, walkThroughSignIn } from './guide-journey.ts';
import { allowProfile, checkConsent } from './guide-partner.ts';
import {
  assignManagementRole,
  checkApi,
  checkPrintedUsers,
  registerApi,
  type ServerTimeShift,
} from './guide-programs.ts';
import type { Variables, VersionChoice } from './guide-shell.ts';
import { type FollowedGuide, followGuide } from './guides.ts';
import { type Operator, operate } from './operator.ts';
import { startServer } from './server.ts';

/** The server that the guides of a test run share, with the user `reader`. */
export interface GuideWorld {
  operator: Operator;
  shiftTime: ServerTimeShift;
  close: () => Promise<void>;
}

export async function openGuideWorld(): Promise<GuideWorld> {
  let shift = 0;
  const server = await startServer({ world: { clock: { now: () => Date.now() + shift } } });
  const operator = await operate(server);
  await operator.addUser(reader);
  return {
    operator,
    async shiftTime(milliseconds, action) {
      shift = milliseconds;
      try {
        return await action();
      } finally {
        shift = 0;
      }
    },
    close: () => server.close(),
  };
}

/** What the guides of a category promise, checked on the app that following the guide made. */
interface GuideCheck {
  promise: string;
  /** Sets up what the guide's prose asks for, before the first command. Returns the variables to set. */
  prepare?: (values: PlaceholderValues, operator: Operator) => Promise<Variables>;
  check: (app: FollowedGuide, world: GuideWorld) => Promise<void>;
}

const webApp: GuideCheck = {
  promise: 'signs in, shows the user, protects a page and signs out',
  check: (app) => walkThroughSignIn(app),
};

const program: GuideCheck = {
  promise: 'gets a token, calls the Management API and prints its users',
  prepare: assignManagementRole,
  check: async (app) => checkPrintedUsers(app),
};

const api: GuideCheck = {
  promise: 'accepts an access token, and refuses others with 401 and missing permissions with 403',
  prepare: registerApi,
  check: (app, { shiftTime }) => checkApi(app, shiftTime),
};

const partner: GuideCheck = {
  promise: 'asks for consent and returns to the partner with a code',
  prepare: allowProfile,
  check: checkConsent,
};

const checks: Partial<Record<Guide['category'], GuideCheck>> = {
  traditional: webApp,
  spa: webApp,
  'machine-to-machine': program,
  'third-party': partner,
  api,
};

interface GuideTestOptions {
  versions: VersionChoice;
  /** Receives the packages that were installed. */
  onVersions?: (found: Record<string, string>) => void;
}

/** Name and body of the test that follows the guide. */
export function guideTest(
  guide: Guide,
  world: () => GuideWorld,
  { versions, onVersions }: GuideTestOptions,
): [name: string, body: () => Promise<void>] {
  const { promise, prepare, check } = checks[guide.category] ?? {};
  if (!check) throw new Error(`The guide ${guide.name} is tested, but its category ${guide.category} has no check.`);
  const body = async () => {
    const { operator } = world();
    const app = await followGuide(guide, {
      operator,
      versions,
      prepare: async (values) => (await prepare?.(values, operator)) ?? {},
    });
    try {
      await check(app, world());
      onVersions?.(await app.installedVersions());
    } finally {
      await app.stop();
    }
  };
  return [`${promise} with the guide ${guide.title}`, body];
}

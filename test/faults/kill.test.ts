import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { experienceClient, UnexpectedAnswer } from '../support/agent.ts';
import { goodPassword } from '../support/pages.ts';
import { freePort, type Program, startProgram } from '../support/programs.ts';

const rounds = 20;
const clients = 4;
const refreshesPerPerson = 5;
/** The maximum number of answers between start and kill; low, so that kills hit sign-ins and rotations alike. */
const longestLife = 40;

/** Small generator of numbers in [0, 1) with a seed (mulberry32), so that a failing run can be repeated. */
const seeded = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
};

/**
 * `npm test` has built the server and names its folder; a run of this file alone uses the sources, which start slower.
 */
const builtRoot = process.env.ALDABA_ROOT;
const serverProgram = builtRoot
  ? join(builtRoot, 'dist/server/main.js')
  : join(import.meta.dirname, '../../server/src/main.ts');

/** What the server has confirmed to a client about a person; the server must keep all of it. */
interface Person {
  username: string;
  /** The server confirmed that the account exists. */
  created: boolean;
  subject?: string;
  /** The newest refresh token that the client saw. */
  refreshToken?: string;
  /** How often a rotation's answer was lost and the same token was sent again. */
  lostRotations: number;
}

/** A server process that dies by SIGKILL after a number of answers and is started again, `rounds` times. */
function createVictim(options: { port: number; dataFolder: string; random: () => number }) {
  let program: Program;
  let answersLeft = 0;
  let deaths = 0;
  let up = Promise.resolve();
  const events = new EventEmitter();
  const start = async () => {
    program = startProgram(process.execPath, [serverProgram], {
      environment: {
        ...(builtRoot ? { ALDABA_ROOT: builtRoot } : {}),
        PORT: String(options.port),
        HOST: '127.0.0.1',
        ALDABA_DATA: options.dataFolder,
        LOG_LEVEL: 'fatal',
        NODE_COMPILE_CACHE: join(options.dataFolder, 'compile-cache'),
      },
    });
    await program.says(/is ready at/);
    answersLeft = 1 + Math.floor(options.random() * longestLife);
  };
  const die = async () => {
    deaths += 1;
    await program.stop('SIGKILL');
    await start();
    events.emit('reborn');
  };
  up = start();
  return {
    /** Resolves when a server listens. */
    ready: () => up,
    deaths: () => deaths,
    /** Resolves after one more death, when there is going to be one. */
    async nextLife() {
      await up;
      if (deaths < rounds) await once(events, 'reborn');
    },
    /** A client got an answer; the last one of a life kills the server while the others wait for theirs. */
    answered() {
      answersLeft -= 1;
      if (answersLeft === 0 && deaths < rounds) up = die();
    },
    stop: () => program.stop('SIGTERM'),
  };
}

type Victim = ReturnType<typeof createVictim>;
type Client = ReturnType<typeof experienceClient>;

/** The connection broke: the server died before it answered. */
const isLost = (error: unknown): boolean =>
  error instanceof TypeError && ['fetch failed', 'terminated'].includes(error.message);
const isTaken = (error: unknown): boolean =>
  error instanceof UnexpectedAnswer && error.status === 422 && error.body.includes('user.username_already_in_use');

/** Retries until an answer arrives; `attempt` counts from 0 and shows the caller that an answer was lost. */
async function insist<T>(victim: Victim, action: (attempt: number) => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    await victim.ready();
    try {
      const answer = await action(attempt);
      victim.answered();
      return answer;
    } catch (error) {
      if (!isLost(error) || attempt > rounds) throw error;
    }
  }
}

/** Registers, or signs in when an earlier attempt got further than its responses showed; returns the first tokens. */
async function enrol(victim: Victim, client: Client, person: Person): Promise<void> {
  const tokens = await insist(victim, async (attempt) => {
    const register = () =>
      client.register(person.username, goodPassword, () => {
        person.created = true;
        victim.answered();
      });
    const signIn = () => client.signIn(person.username, goodPassword);
    let entered: Awaited<ReturnType<typeof register>>;
    if (person.created) entered = await signIn();
    else {
      try {
        entered = await register();
      } catch (error) {
        if (attempt === 0 || !isTaken(error)) throw error;
        entered = await signIn();
      }
    }
    victim.answered();
    return client.redeem(entered);
  });
  person.created = true;
  person.refreshToken = tokens.refresh_token;
  person.subject = (await insist(victim, () => client.userinfo(tokens.access_token))).sub;
}

/**
 * One client: person after person, each with some rotations, until the server was killed often enough. A slow client
 * retries only after one more restart of the server, which is longer than any grace period for a retry.
 */
async function live(name: string, isPatient: boolean, victim: Victim, client: Client): Promise<Person[]> {
  const people: Person[] = [];
  while (victim.deaths() < rounds) {
    const person: Person = { username: `${name}_${people.length}`, created: false, lostRotations: 0 };
    people.push(person);
    await enrol(victim, client, person);
    for (let turn = 0; turn < refreshesPerPerson; turn += 1) {
      // After a lost answer the client has only the token that it sent, and sends it again.
      const tokens = await insist(victim, async (attempt) => {
        if (attempt > 0) person.lostRotations += 1;
        if (attempt > 0 && isPatient) await victim.nextLife();
        return client.refresh(person.refreshToken ?? '');
      });
      assert.notEqual(tokens.refresh_token, person.refreshToken, 'a public client’s token is rotated');
      person.refreshToken = tokens.refresh_token;
    }
  }
  return people;
}

describe('Server killed 20 times during sign-ins and rotations', () => {
  const seed = Number(process.env.ALDABA_TEST_SEED ?? 20_261_122);
  let dataFolder: string;
  let victim: Victim | undefined;
  after(async () => {
    await victim?.stop();
    await rm(dataFolder, { recursive: true, force: true });
  });

  it(`loses no acknowledged data and invalidates no refresh token (seed ${seed})`, async (test) => {
    dataFolder = await mkdtemp(join(tmpdir(), 'aldaba-kill-'));
    const port = await freePort();
    const client = experienceClient(`http://localhost:${port}`);
    const server = createVictim({ port, dataFolder, random: seeded(seed) });
    victim = server;
    await server.ready();
    const lives = await Promise.all(
      Array.from({ length: clients }, (_, index) => live(`client${index}`, index === 0, server, client)),
    );
    await server.ready();
    assert.equal(server.deaths(), rounds);

    const people = lives.flat();
    const lost = people.reduce((sum, { lostRotations }) => sum + lostRotations, 0);
    test.diagnostic(`${people.length} people, ${lost} rotations without an answer`);
    assert.ok(people.length > clients && lost > 0, 'deaths met sign-ins and rotations');
    for (const { username, subject, refreshToken } of people) {
      const known = await client.userinfo((await client.refresh(refreshToken ?? '')).access_token);
      assert.deepEqual([known.sub, known.username], [subject, username]);
      const entered = await client.redeem(await client.signIn(username, goodPassword));
      assert.equal((await client.userinfo(entered.access_token)).sub, subject);
    }
  });
});

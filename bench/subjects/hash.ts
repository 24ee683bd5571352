/** The password hash alone: verifies Argon2id digests, as many at a time as there are cores, and does nothing else. */
import { availableParallelism } from 'node:os';
import { hash, verify } from '@node-rs/argon2';
import { answer } from '../channel.ts';

const password = 'a password that is right';
let digest: string;

answer({
  /** Takes the parameters of the product's hashes. */
  async start(parameters: { memoryCost: number; timeCost: number; parallelism: number }) {
    digest = await hash(password, parameters);
    return 0;
  },
  /** Returns how many hashes a second were computed. */
  async compute(count: number) {
    let left = count;
    const start = performance.now();
    const work = async () => {
      while (left > 0) {
        left -= 1;
        await verify(digest, password);
      }
    };
    await Promise.all(Array.from({ length: availableParallelism() }, work));
    return (count * 1000) / (performance.now() - start);
  },
});

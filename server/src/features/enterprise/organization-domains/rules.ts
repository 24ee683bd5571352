/** How verified domains are checked again. All in milliseconds. */
const hour = 3_600_000;

/** Between two checks of a domain. */
export const checkInterval = 24 * hour;

/** After a check without an answer of the DNS, or one that a process did not finish. */
export const retryInterval = hour;

/** How long a confirmation by the postmaster counts. */
const confirmation = 180 * 24 * hour;

type Proof = 'dns' | 'email';

/** How long a domain stays verified, and warned about, without its record or a confirmation that counts. */
const graces: Readonly<Record<Proof, number>> = { dns: 7 * 24 * hour, email: 14 * 24 * hour };
export const graceOf = (proof: Proof): number => graces[proof];

/** When a proof given at `time` is checked. */
export const checkAfter = (proof: Proof, time: number): Date =>
  new Date(time + (proof === 'dns' ? checkInterval : confirmation - graces.email));

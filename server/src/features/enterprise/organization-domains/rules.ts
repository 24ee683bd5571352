/** How verified domains are checked again. All in milliseconds. */
const hour = 3_600_000;

/** Between two checks of a domain. */
export const checkInterval = 24 * hour;

/** After a check without an answer of the DNS, or one that a process did not finish. */
export const retryInterval = hour;

/** How long a domain stays verified without its record. */
export const grace = 7 * 24 * hour;

import type { Deliveries } from './deliveries.ts';
import type { Keys } from './keys.ts';
import type { OidcNeeds } from './needs.ts';
import type { OpenSignIns } from './open-sign-ins.ts';

/** The needs, and the parts of the protocol with in-memory state. Functions declare the members they use. */
export interface Core extends OidcNeeds {
  keys: Keys;
  deliveries: Deliveries;
  openSignIns: OpenSignIns;
}

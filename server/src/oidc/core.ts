import type { Deliveries } from './deliveries.ts';
import type { Keys } from './keys.ts';
import type { OidcNeeds } from './needs.ts';

/** The needs, and the two parts of the protocol that hold state in memory. Functions name the members they use. */
export interface Core extends OidcNeeds {
  keys: Keys;
  deliveries: Deliveries;
}

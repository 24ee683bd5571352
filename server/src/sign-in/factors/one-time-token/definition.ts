import { type Address, defineFactor } from '../../machine/factor.ts';

interface OneTimeTokenRecords {
  proofs: {
    /** The user has the address that an operator made the link for. */
    OneTimeToken: {
      identifier: Address;
      /** Organizations that the user joins by this sign-in. */
      organizationIds: readonly string[];
    };
  };
  challenges: object;
}

export const oneTimeToken = defineFactor<OneTimeTokenRecords>()({
  proofs: { OneTimeToken: { role: 'first', amr: 'email', logName: 'OneTimeToken', provesAddress: 'link' } },
});

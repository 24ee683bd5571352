/** What the machine reads from the definitions of the factors. Pure. */
import type { AuditVerification } from '@aldaba/contract';
import { definitions } from '../factors/definitions.ts';
import type { Address, ProofTraits, RecordsOf, SecondFactorTraits, SecondFactorType } from './factor.ts';

type Definition = (typeof definitions)[number];
export type ProofMembers = RecordsOf<Definition, 'proofs'>;
export type ChallengeMembers = RecordsOf<Definition, 'challenges'>;
export type ProofType = ProofMembers['type'];

const all: readonly { second?: SecondFactorTraits; proofs: Readonly<Record<string, ProofTraits>> }[] = definitions;
const traits = Object.assign({}, ...all.map(({ proofs }) => proofs)) as Readonly<Record<ProofType, ProofTraits>>;
export const traitsOf = (type: ProofType): ProofTraits => traits[type];

const seconds: readonly SecondFactorTraits[] = all
  .flatMap(({ second }) => (second ? [second] : []))
  .sort((a, b) => a.order - b.order);
const secondByType = new Map(seconds.map((second) => [second.type, second]));

/** Every second factor, in the order in which they are asked for. */
export const secondFactorTypes: readonly SecondFactorType[] = seconds.map(({ type }) => type);
export const secondFactorTraits = (type: SecondFactorType): SecondFactorTraits | undefined => secondByType.get(type);
/** Second factors that come with an address of the account. */
export const codeFactors = secondFactorTypes.filter((type) => secondFactorTraits(type)?.address !== undefined);
/** Second factors that are set up. */
export const newFactorTypes: readonly SecondFactorType[] = all.flatMap(({ second, proofs }) =>
  second && Object.values(proofs).some(({ role }) => role === 'new') ? [second.type] : [],
);
/** Second factors that also sign in by themselves. */
export const signInFactors = secondFactorTypes.filter((type) => secondFactorTraits(type)?.signsIn);
/** Whether a factor stands in for the others. */
export const isBackup = (type: SecondFactorType): boolean => secondFactorTraits(type)?.isBackup === true;

/** The second factor that a record is of. */
const factorByProof = new Map(
  all.flatMap(({ second, proofs }) =>
    second ? Object.keys(proofs).map((proof) => [proof, second.type] as const) : [],
  ),
);
export const secondFactorOf = (type: ProofType): SecondFactorType | undefined => factorByProof.get(type);

const logNames = new Map(
  all.flatMap(({ second, proofs }) => (second ? [[second.type, Object.values(proofs)[0]?.logName] as const] : [])),
);
/** The name of a second factor in keys of the audit log, whether it is shown or set up. */
export function logNameOf(type: SecondFactorType): AuditVerification {
  const name = logNames.get(type);
  if (!name) throw new TypeError(`${type} is no second factor`);
  return name;
}

/** The second factor that codes to an address are. */
export function codeFactorOf({ type }: Pick<Address, 'type'>): SecondFactorType {
  const found = seconds.find(({ address }) => address === type);
  if (!found) throw new TypeError('Codes to every kind of address are a second factor');
  return found.type;
}

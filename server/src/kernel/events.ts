import type { HookEvent, HookPayloads } from '@aldaba/contract';

/**
 * Publishes events to a tenant's webhooks. Features take it as a need; `features/records/hooks` implements it.
 * `Tx` is the store's type of a running transaction, which the kernel does not know.
 */
export interface Events<Tx> {
  /**
   * Publishes an event if the transaction commits.
   * @param members of the payload in addition to hookId, event, createdAt and the members of the request (ip, path, …).
   *   A function is called only if a webhook listens to the event
   */
  publish: <Event extends HookEvent>(
    tx: Tx,
    event: Event,
    members: HookPayloads[Event] | (() => Promise<HookPayloads[Event]>),
  ) => Promise<void>;
}

/** A role that can be chosen. */
export interface PortalRole {
  id: string;
  name: string;
  description?: string;
  isChosen: boolean;
}

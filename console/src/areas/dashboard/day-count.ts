/** The users of one day (UTC). */
export interface DayCount {
  /** `2027-01-31`. */
  date: string;
  count: number;
}

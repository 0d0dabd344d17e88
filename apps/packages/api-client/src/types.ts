/** A race as turfoo has stored it. Times are in UTC, as ISO 8601. */
export interface Race {
  /** Date of the meeting, code of the course, and number of the race: `2026-11-21-ASC-3`. */
  readonly id: string;
  readonly course: string;
  readonly off_time: string;
  readonly distance_m: number;
  readonly going: string;
  readonly accepted_at: string;
  readonly ingested_at: string;
  /** How many horses run. */
  readonly runners: number;
}

/** A URL that the status monitor watches. Times are in UTC, as ISO 8601. */
export interface Monitor {
  readonly id: number;
  readonly url: string;
  readonly interval_seconds: number;
  /** `unknown` until it is checked for the first time. */
  readonly status: 'unknown' | 'up' | 'down';
  /** When it became what it is. */
  readonly since: string;
  readonly checked_at: string | null;
  readonly status_code?: number;
  readonly error?: string;
  readonly took_milliseconds: number;
}

// Types of Deno.cron as Carillon runs it, and of what Carillon adds.

declare namespace Deno {
  /** Minutes, hours, days, months: one value, several, or a range with a step. */
  export type CronScheduleExpression = number | { exact: number | number[] } | {
    start?: number;
    end?: number;
    every?: number;
  };

  /** A schedule by field, in UTC. Fields left out follow from the smallest one given: `{ hour: 3 }` is 03:00. */
  export interface CronSchedule {
    minute?: CronScheduleExpression;
    hour?: CronScheduleExpression;
    dayOfMonth?: CronScheduleExpression;
    month?: CronScheduleExpression;
    /** 1 is Sunday, 7 is Saturday. */
    dayOfWeek?: CronScheduleExpression;
  }

  export interface CronOptions {
    /**
     * Waits in milliseconds before the second and later attempts of a run that failed: at most 5, each at most an hour;
     * `[]` for no retries. Left out: 100, 1000, 5000, 30000, 60000.
     */
    backoffSchedule?: number[];
    /** Closes the cron when it aborts. */
    signal?: AbortSignal;
  }

  /**
   * Calls `handler` whenever `schedule` (five fields, UTC; weekdays by name, or 1 = SUN to 7 = SAT) is due. Runs of one
   * cron never overlap.
   *
   * @param name up to 64 bytes of letters, digits, blanks, hyphens, underscores; unique in the script
   * @returns pending while the cron lives; resolves once it is closed and its last run has ended
   */
  export function cron(name: string, schedule: string | CronSchedule, handler: () => Promise<void> | void): Promise<void>;
  export function cron(
    name: string,
    schedule: string | CronSchedule,
    options: CronOptions,
    handler: () => Promise<void> | void,
  ): Promise<void>;
}

declare namespace Carillon {
  /** The run a job function is working on. */
  interface Run {
    /** Identity of the run: the same for every attempt, on every node. */
    readonly id: string;
    /** The job: `<script>/<cron name>` in the service, the cron's name elsewhere. */
    readonly job: string;
    /** When the run was due, ISO 8601 in UTC. */
    readonly scheduledTime: string;
    /** Which try this is, from 1. */
    readonly attempt: number;
    /** Grows with every start of the run on any node; a smaller one is stale. */
    readonly fence: number;
    /** The process that works on it. */
    readonly node: string;
    /** Aborts when the run is to end: its cron is closed, or the host stops or replaces the script and has waited long enough. */
    readonly signal: AbortSignal;
  }

  /** The run the calling code belongs to, also across `await`; undefined outside a run and after its end. */
  const run: Run | undefined;
}

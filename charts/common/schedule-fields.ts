import { z } from 'zod';
import { scheduleProblem } from './schedule.ts';

/** When something runs. */
export const scheduleField = z
  .string()
  .superRefine((schedule, context) => {
    const message = scheduleProblem(schedule);
    if (message) context.addIssue({ code: 'custom', message });
  })
  .describe('When it runs, in five cron fields.');

function isTimeZone(name: string): boolean {
  try {
    return /^[A-Z]/.test(name) && new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

/** Where its hours are those of. */
export const timeZoneField = z
  .string()
  .refine(isTimeZone, 'must be a time zone such as Europe/Berlin')
  .default('Etc/UTC')
  .describe('Time zone of the schedule, from the tz database.');

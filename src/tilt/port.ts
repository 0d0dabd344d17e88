import { portOffset } from '../config/port-offset.ts';

/** Where Tilt serves its page, and its API with it: `TILT_PORT` is Tilt's own variable. */
export const tiltPort = (env: NodeJS.ProcessEnv = process.env): number =>
  Number(env.TILT_PORT) || 10_350 + portOffset(env);

import { portOffset } from '../config/port-offset.ts';

/**
 * Where Tilt serves its page, and its API with it: `TILT_PORT` is Tilt's own variable.
 *
 * @param offset of the profile. @default what `REPOCTL_PORT_OFFSET` alone says
 */
export const tiltPort = (env: NodeJS.ProcessEnv = process.env, offset = portOffset(env)): number =>
  Number(env.TILT_PORT) || 10_350 + offset;

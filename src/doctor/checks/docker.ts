import { counted } from '../../platform/text.ts';
import { isAtLeast } from '../../platform/tools/version.ts';
import type { Check, Row } from '../machine-check.ts';
import type { DockerEngine, Facts } from '../machine-facts.ts';

/** The oldest engine that kind works with reliably. */
const engineMinimum = '20.10.0';

const gibibyte = 2 ** 30;

/** Below `least` a cluster does not come up; below `enough` it gets tight as soon as projects run. In GiB. */
const memory = { least: 2, enough: 6 };
const disk = { least: 2, enough: 10 };

export const checkDocker: Check = ({ docker, system }) => {
  if (docker.state === 'missing') {
    const found = 'there is no docker on PATH';
    return [{ level: 'fail', subject: 'docker', found, fix: 'https://docs.docker.com/get-started/get-docker/' }];
  }
  if (docker.state === 'unreachable')
    return [{ level: 'fail', subject: 'docker', found: docker.problem, fix: startFix(docker.problem, system) }];
  return [checkEngine(docker), checkMemory(docker), ...checkDisk(docker)];
};

function startFix(problem: string, { platform }: Facts['system']): string {
  if (/permission denied/i.test(problem)) return 'sudo usermod -aG docker "$USER", then log in again';
  return platform === 'darwin' ? 'open -a Docker' : 'sudo systemctl start docker';
}

function checkEngine({ version }: DockerEngine): Row {
  if (isAtLeast(version, engineMinimum)) return { level: 'ok', subject: 'docker', found: `engine ${version}` };
  const found = `engine ${version}; at least ${engineMinimum} is needed`;
  return { level: 'fail', subject: 'docker', found, fix: 'https://docs.docker.com/engine/install/' };
}

function checkMemory({ memory: bytes, cpus }: DockerEngine): Row {
  const found = `${gibibytes(bytes)} GiB, ${counted(cpus, 'CPU')}`;
  const fix = 'Docker Desktop: Settings → Resources; elsewhere: repoctl infra project stop NAME for what is not used';
  const subject = 'docker memory';
  const size = bytes / gibibyte;
  if (size < memory.least) return { level: 'fail', subject, found: `${found}; ${memory.least} GiB is the least`, fix };
  if (size < memory.enough) return { level: 'warn', subject, found: `${found}; ${memory.enough} GiB is enough`, fix };
  return { level: 'ok', subject, found };
}

function checkDisk({ free, reclaimable }: DockerEngine): Row[] {
  if (free === undefined) return [];
  const subject = 'docker disk';
  const size = free / gibibyte;
  const found = `${gibibytes(free)} GiB free${reclaimable ? `, ${reclaimable} to be reclaimed` : ''}`;
  const fix = 'docker system prune';
  if (size < disk.least) return [{ level: 'fail', subject, found: `${found}; ${disk.least} GiB is the least`, fix }];
  if (size < disk.enough) return [{ level: 'warn', subject, found: `${found}; ${disk.enough} GiB is enough`, fix }];
  return [{ level: 'ok', subject, found }];
}

const gibibytes = (bytes: number): string => (bytes / gibibyte).toFixed(1);

// Measures the time from a saved file to the first answer of the new code, for each kind of workload under `repoctl()` in a
// Tiltfile, beside copies of the same programs under a bare Tiltfile, in the same kind cluster and the same run.
//
//   npm run bench:reload                                     makes a cluster of its own, and deletes it afterwards
//   npm run bench:reload -- --runs 15                        saves each file more often; @default 10
//
// Where no registry can be reached, REPOCTL_E2E_IMAGES names a program that makes images, as for the end-to-end tests.
import { parseArgs } from 'node:util';
import { images } from '../charts/common/images.ts';
import { until } from '../test/e2e/answers.ts';
import { Checkout } from '../test/e2e/checkout.ts';
import { leaveOutImmudb, loadPublicImages, makeAvailable, provideBases } from '../test/e2e/environment.ts';
import { addProjects, type Reload, reloads } from '../test/e2e/reloads.ts';
import { attempt, kubectlProxy } from '../test/e2e/run.ts';
import { BareTilt } from './bench/bare-tilt.ts';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '10' } } });
const runs = Number(values.runs);
const turfoo = 'backends/svc-turfoo-ingest';
/** What is between two edits: a reload must not meet the end of the last. */
const pauseSeconds = 1.5;

const ways = {
  tilt: 'install it as docs.tilt.dev/install says',
  kind: 'install it as kind.sigs.k8s.io/docs/user/quick-start says',
  kubectl: 'install it as kubernetes.io/docs/tasks/tools says',
  docker: 'install Docker and start it',
};

function missing(): string[] {
  const onPath = (program: string) => attempt('sh', ['-c', `command -v ${program}`]).status === 0;
  const absent = Object.keys(ways).filter((program) => !onPath(program)) as (keyof typeof ways)[];
  const problems = absent.map((program) => `${program} is not on PATH: ${ways[program]}`);
  if (!absent.includes('docker') && attempt('docker', ['version']).status !== 0)
    problems.push('Docker does not answer: start it, and try `docker version`');
  return problems;
}

async function seconds({ name, reload, log }: Row, round: number): Promise<number> {
  const started = performance.now();
  reload.save(round);
  await until(() => reload.answers(round)).catch((error) => {
    throw new Error(`${name}, edit ${round}: ${error.message}; the end of Tilt's log:\n${log()}`);
  });
  return (performance.now() - started) / 1000;
}

interface Row {
  readonly name: string;
  /** Of which the median is subtracted. */
  readonly beside: string;
  readonly reload: Reload;
  /** What its session of Tilt has written. */
  readonly log: () => string;
  readonly seconds: number[];
}

const median = (sorted: readonly number[]): number =>
  ((sorted[(sorted.length - 1) >> 1] ?? Number.NaN) + (sorted[sorted.length >> 1] ?? Number.NaN)) / 2;

function print(rows: readonly Row[]): void {
  const medians = new Map(rows.map(({ name, seconds }) => [name, median(seconds.toSorted((a, b) => a - b))]));
  const table = rows.map(({ name, beside, seconds }) => {
    const sorted = seconds.toSorted((a, b) => a - b);
    const [own = Number.NaN, bare = Number.NaN] = [medians.get(name), medians.get(beside)];
    const figures = { min: sorted[0], median: own, max: sorted.at(-1), 'longer than bare': own - bare };
    const texts = Object.entries(figures).map(([what, figure]) => [what, figure?.toFixed(2) ?? '']);
    return [name, { ...Object.fromEntries(texts), 'compared with': beside }];
  });
  console.log(
    `Seconds from a saved file to the first answer of the new code; ${runs} runs each, one kind after the other.`,
  );
  console.table(Object.fromEntries(table));
}

async function measure(checkout: Checkout, bare: BareTilt): Promise<void> {
  for (const path of ['repoctl.yaml', '.env.example', 'kind-config.yaml', turfoo]) checkout.copy(path);
  if (makeAvailable([images.immudb]).length === 0) leaveOutImmudb(`${checkout.root}/${turfoo}/infra`);
  addProjects(checkout);
  const { status, stderr } = checkout.repoctl('init', '--yes');
  if (status !== 0) throw new Error(`repoctl init ended with ${status}:\n${stderr}`);
  makeAvailable([images.registry]);
  await checkout.makeCluster();
  provideBases(checkout.root);
  loadPublicImages(checkout.root, checkout.plan, checkout.cluster);
  console.error('starting both Tiltfiles');
  await checkout.up(900);
  await bare.up();
  const proxy = await kubectlProxy(checkout.context);
  try {
    const copies = bare.reloads;
    const rows: Row[] = [
      ...Object.entries(copies).map(([name, reload]) => ({
        ...{ name: `bare ${name}`, beside: `bare ${name}`, reload },
        log: () => bare.log,
      })),
      ...Object.entries(reloads(checkout, proxy.url)).map(([name, reload]) => ({
        ...{ name, reload, log: () => checkout.session.log },
        beside: name in copies ? `bare ${name}` : 'bare FastAPI',
      })),
    ].map((row) => ({ ...row, seconds: [] }));
    // The first is not counted: it fills caches. What else the machine does, it does to all of them.
    for (let round = 0; round <= runs; round += 1) {
      for (const row of rows) {
        const taken = await seconds(row, round + 1);
        if (round > 0) row.seconds.push(taken);
        await new Promise((resolve) => setTimeout(resolve, pauseSeconds * 1000));
      }
      console.error(`round ${round} of ${runs}`);
    }
    print(rows);
  } finally {
    proxy.stop();
  }
}

const problems = missing();
if (problems.length > 0) {
  console.error(`bench:reload needs Tilt and a kind cluster.\n${problems.join('\n')}`);
  process.exitCode = 2;
} else {
  const checkout = new Checkout('repoctl-bench-reload', 2000);
  const bare = new BareTilt(checkout);
  try {
    await measure(checkout, bare);
  } finally {
    await bare.remove();
    await checkout.remove();
  }
}

/** Whether everything is tried that can be, as CI does it: `REPOCTL_TEST_RUNS=all`. */
export const thorough = process.env.REPOCTL_TEST_RUNS === 'all';

/** How often a property that takes long is tried: a fifth of `all`, or all of them where the run is thorough. */
export const runs = (all: number): number => (thorough ? all : Math.ceil(all / 5));

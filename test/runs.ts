/**
 * How often a property that takes long is tried: a fifth of `all`, or all of them where `REPOCTL_TEST_RUNS` is `all`, as in CI.
 */
export const runs = (all: number): number => (process.env.REPOCTL_TEST_RUNS === 'all' ? all : Math.ceil(all / 5));

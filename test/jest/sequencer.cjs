const { default: Sequencer } = require('@jest/test-sequencer');

/** The files that keep a processor busy for longest, the longest first. One of them that begins last would be waited for. */
const longest = [
  'config/wrong-input',
  'charts/fixtures',
  'config/hostile',
  'tilt/tiltfile',
  'synth/ways',
  'synth/secret-values',
  'cli/completion/shells',
  'status/odd-shapes',
  'status/rules/hostile',
];

/** The files that take long and keep nobody busy: they wait for what they have started. */
const waiting = [
  'charts/constructs/celery-reload',
  'charts/common/wait',
  'lifecycle/await-health',
  'logs/show-logs',
  'charts/constructs/immudb',
  'charts/common/probes',
  'charts/constructs/redis',
  'status/deep/deep-checks',
  'tilt/session',
];

/** Those of tests that a list names, in its order. */
const named = (tests, names) => names.flatMap((name) => tests.filter(({ path }) => path.endsWith(`/${name}.test.ts`)));

/** Starts the longest first, also where no earlier run has left their times, and those that wait beside those that don't. */
module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const first = named(tests, longest);
    const waits = named(tests, waiting);
    const rest = super.sort(tests).filter((test) => !first.includes(test) && !waits.includes(test));
    const spread = [...first, ...rest].flatMap((test, index) => (index % 2 ? [] : waits.splice(0, 1)).concat(test));
    return [...spread, ...waits];
  }
};

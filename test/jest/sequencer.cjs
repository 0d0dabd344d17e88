const { default: Sequencer } = require('@jest/test-sequencer');

/** The files that take longest, the longest first. One of them that begins last would be waited for. */
const longest = [
  'config/wrong-input',
  'config/hostile',
  'charts/fixtures',
  'tilt/tiltfile',
  'synth/ways',
  'synth/kubernetes-schemas',
  'cli/completion/shells',
  'status/rules/hostile',
  'tilt/session',
];

/** Starts the longest first, also where no earlier run has left their times. */
module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const place = ({ path }) => longest.findIndex((name) => path.endsWith(`/${name}.test.ts`));
    const sorted = super.sort(tests);
    const first = sorted.filter((test) => place(test) >= 0).sort((a, b) => place(a) - place(b));
    return [...first, ...sorted.filter((test) => place(test) < 0)];
  }
};

import { expect, test } from '@jest/globals';
import { portOffset } from '../../src/config/port-offset.ts';
import { tiltPort } from '../../src/tilt/port.ts';

test.each([
  [undefined, 0],
  ['', 0],
  ['1000', 1000],
  ['40000', 40_000],
])('REPOCTL_PORT_OFFSET %j is %d', (given, expected) => {
  expect(portOffset({ REPOCTL_PORT_OFFSET: given })).toBe(expected);
});

test.each(['-1', '40001', '1e3', 'a lot'])('REPOCTL_PORT_OFFSET %j is refused', (given) => {
  const message = `REPOCTL_PORT_OFFSET is "${given}"; allowed: a number from 0 to 40000`;
  expect(() => portOffset({ REPOCTL_PORT_OFFSET: given })).toThrow(message);
});

test('Tilt’s own port is shifted as well, unless TILT_PORT names one', () => {
  expect(tiltPort({})).toBe(10_350);
  expect(tiltPort({ REPOCTL_PORT_OFFSET: '1000' })).toBe(11_350);
  expect(tiltPort({ REPOCTL_PORT_OFFSET: '1000', TILT_PORT: '10360' })).toBe(10_360);
  // A profile's has the variable's in it.
  expect(tiltPort({ REPOCTL_PORT_OFFSET: '1000' }, 3000)).toBe(13_350);
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { resolveProfiles } from '../../src/config/profiles.ts';
import { findSession, mustBeFree, refuseOtherProfile, type Sought } from '../../src/tilt/find-session.ts';
import { FakeTilt } from './fake-tilt.ts';

describe('a Tilt session', () => {
  const before = { ...process.env };
  let tilt: FakeTilt;

  beforeEach(async () => {
    tilt = await new FakeTilt().start();
    process.env.PATH = `${tilt.folder}:${before.PATH}`;
    process.env.TILT_PORT = String(tilt.port);
  });

  afterEach(async () => {
    process.env.PATH = before.PATH;
    delete process.env.TILT_PORT;
    await tilt.stop();
  });

  const profiles = resolveProfiles(
    { mine: { extends: 'local' }, alice: { extends: 'local', namespacePrefix: 'alice-' } } as never,
    0,
  );
  const find = (sought: Partial<Sought> = {}) =>
    findSession({ root: tilt.folder, context: 'kind-shop', profile: 'local', profiles, ...sought });

  test('is one of the same folder and cluster, whichever way it was started', async () => {
    expect(await find()).toBeDefined();
    expect(await find({ root: join(tilt.folder, 'other') })).toBeUndefined();
    expect(await find({ context: 'kind-other' })).toBeUndefined();
  });

  test('is none where nobody listens', async () => {
    await tilt.stop();
    expect(await find()).toBeUndefined();
  });

  test('that does not answer is told as that, and not taken for none', async () => {
    writeFileSync(
      join(tilt.folder, 'tilt'),
      '#!/bin/sh\n[ "$1" = version ] && exec echo v0.37.2\necho "Unable to connect to the server: net/http: TLS handshake timeout" >&2; exit 1\n',
      { mode: 0o755 },
    );
    const finding = find();
    await expect(finding).rejects.toThrow(
      /^the Tilt session at http:\/\/localhost:\d+\/ does not answer: process \d+ hangs$/,
    );
    await expect(finding).rejects.toMatchObject({ exitCode: 4, advice: expect.stringMatching(/^kill \d+ ends it/) });
  });

  test('of another folder is named where its port is needed', async () => {
    tilt.runs({ tiltfile: { spec: { path: '/other/Tiltfile' } } });
    await expect(mustBeFree(Number(process.env.TILT_PORT))).rejects.toThrow(
      /^port \d+, which Tilt needs, is used by .*\(pid \d+\), a session of \/other\/Tiltfile on kind-shop, profile local$/,
    );
    await tilt.stop();
    await expect(mustBeFree(Number(process.env.TILT_PORT))).resolves.toBeUndefined();
  });

  test('is found for its own profile and for those with the same namespaces, and refuses those', async () => {
    const found = await find({ profile: 'mine' });
    expect(found?.profile).toBe('local');
    if (!found) throw new Error('no session was found');
    expect(() => refuseOtherProfile(found, 'mine')).toThrow(
      'a Tilt session with the profile local is running for the same namespaces; expected local, got mine',
    );
    expect(() => refuseOtherProfile(found, 'local')).not.toThrow();
  });

  test('of a profile with other namespaces runs beside', async () => {
    expect(await find({ profile: 'alice' })).toBeUndefined();
    const args = ['node', 'repoctl.mjs', 'secrets', 'apply', '--profile', 'alice', 'shop'];
    tilt.runs({ cmds: [{ spec: { args: ['sh', '-c', 'true'] } }, { spec: { args } }] });
    expect((await find({ profile: 'alice' }))?.profile).toBe('alice');
    expect(await find()).toBeUndefined();
  });

  test('whose Tiltfile was never right is that of the profile that asks', async () => {
    tilt.runs({ cmds: [] });
    expect((await find({ profile: 'mine' }))?.profile).toBe('mine');
  });
});

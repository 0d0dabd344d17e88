import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { type Frame, FrameReader, frameBytes, opcodes } from '../../../src/status/deep/frames.ts';
import { serverFrame } from './api-server.ts';

const sizes = [0, 1, 125, 126, 65_535, 65_536, 200_000];

describe('frames of a server', () => {
  const payloads = sizes.map((size) => randomBytes(size));
  const bytes = Buffer.concat(payloads.map((payload) => serverFrame(opcodes.binary, payload)));

  test.each([1, 2, 7, 4096, bytes.length])('are the same when they come %i bytes at a time', (step) => {
    // A byte at a time only where the headers are.
    const source = step < 100 ? bytes.subarray(0, 1000) : bytes;
    const reader = new FrameReader();
    const frames: Frame[] = [];
    for (let at = 0; at < source.length; at += step) frames.push(...reader.push(source.subarray(at, at + step)));
    const whole = payloads.slice(0, frames.length);
    expect(frames.length).toBe(step < 100 ? 4 : sizes.length);
    expect(frames.map(({ payload }) => payload.equals(whole.shift() as Buffer))).not.toContain(false);
    expect(frames.every(({ opcode, final }) => opcode === opcodes.binary && final)).toBe(true);
  });

  test('that are too large are refused', () => {
    const header = Buffer.from([0x82, 127, 0, 0, 0, 1, 0, 0, 0, 0]);
    expect(() => new FrameReader().push(header)).toThrow('a WebSocket frame of 4294967296 bytes');
  });
});

test.each(sizes)('a frame of a client with %i bytes is masked, and says its length', (size) => {
  const payload = randomBytes(size);
  const bytes = frameBytes(opcodes.binary, payload);
  expect((bytes[1] as number) & 0x80).toBe(0x80);
  const mask = bytes.subarray(-size - 4, bytes.length - size);
  const unmasked = bytes.subarray(bytes.length - size).map((byte, index) => byte ^ (mask[index % 4] as number));
  expect(Buffer.from(unmasked).equals(payload)).toBe(true);
  // Without its mask it is as a server would send it.
  expect(bytes.length).toBe(serverFrame(opcodes.binary, payload).length + 4);
});

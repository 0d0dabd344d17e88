import { randomBytes } from 'node:crypto';

/** What a message of a WebSocket is; the others are not used by Kubernetes. */
export const opcodes = { continuation: 0, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface Frame {
  readonly opcode: number;
  /** Whether it ends a message. */
  readonly final: boolean;
  readonly payload: Buffer;
}

/** Largest frame that is taken, in bytes. */
const limit = 16_000_000;

/** Takes frames out of the bytes that a server sends, which come cut anywhere. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  /** @throws RangeError if a frame is too large */
  push(chunk: Buffer): Frame[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const frames: Frame[] = [];
    for (let frame = this.#next(); frame; frame = this.#next()) frames.push(frame);
    return frames;
  }

  #next(): Frame | undefined {
    const bytes = this.#rest;
    const [first = 0, second = 0] = bytes;
    const short = second & 0x7f;
    const header = short === 127 ? 10 : short === 126 ? 4 : 2;
    if (bytes.length < header) return undefined;
    const length = short === 127 ? Number(bytes.readBigUInt64BE(2)) : short === 126 ? bytes.readUInt16BE(2) : short;
    if (length > limit) throw new RangeError(`a WebSocket frame of ${length} bytes`);
    if (bytes.length < header + length) return undefined;
    this.#rest = bytes.subarray(header + length);
    const payload = bytes.subarray(header, header + length);
    return { opcode: first & 0x0f, final: (first & 0x80) !== 0, payload };
  }
}

/** A frame as a client has to send it: masked. */
export function frameBytes(opcode: number, payload: Buffer): Buffer {
  const length = payload.length;
  const size =
    length < 126 ? Buffer.from([0x80 | length]) : length < 65_536 ? Buffer.alloc(3, 0xfe) : Buffer.alloc(9, 0xff);
  if (size.length === 3) size.writeUInt16BE(length, 1);
  if (size.length === 9) size.writeBigUInt64BE(BigInt(length), 1);
  const mask = randomBytes(4);
  const masked = payload.map((byte, index) => byte ^ (mask[index % 4] as number));
  return Buffer.concat([Buffer.from([0x80 | opcode]), size, mask, masked]);
}

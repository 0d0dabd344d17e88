/**
 * The bytes of an answer, in memory that is used again for the next one. A new buffer for each page of a long list takes three
 * times the memory, since Node gives buffers back late.
 */
export class AnswerBytes {
  #memory = Buffer.allocUnsafeSlow(64 * 1024);
  #length = 0;

  /** Forgets the answer before; what `bytes` gave of it is overwritten. */
  clear(): void {
    this.#length = 0;
  }

  add(piece: Buffer): void {
    const length = this.#length + piece.length;
    if (length > this.#memory.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(length, 2 * this.#memory.length));
      this.#memory.copy(larger, 0, 0, this.#length);
      this.#memory = larger;
    }
    piece.copy(this.#memory, this.#length);
    this.#length = length;
  }

  get bytes(): Buffer {
    return this.#memory.subarray(0, this.#length);
  }
}

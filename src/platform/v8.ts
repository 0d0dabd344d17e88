// What V8 is told to do otherwise than for programs that run for hours.
import { setFlagsFromString } from 'node:v8';

const version = Number.parseInt(process.versions.v8, 10);

/**
 * Keeps the part of memory where objects are made as small as it is now, for a program that keeps most of what it reads.
 * V8 of Node 24 lets it grow to 134 MB otherwise; those before stop at 34 MB by themselves, and get slower by the flag.
 */
export function keepNewSpaceSmall(): void {
  if (version >= firstThatGrows) setFlagsFromString('--semi-space-growth-factor=1');
}

const firstThatGrows = 13;

/**
 * Has functions run five to six times as often as by default before they are optimized, for a program that ends within seconds: most
 * of them are done before that has paid, or are optimized for the first few kinds of services and then once more. V8 of Node 20
 * counts the bytes that it runs, later ones the calls.
 */
export function optimizeLater(): void {
  setFlagsFromString(
    version >= firstThatCounts ? '--invocation-count-for-turbofan=15000' : '--interrupt-budget=400000',
  );
}

const firstThatCounts = 12;

/** Memory given back before the collector would think of it: while columns grow and tables are put together there is too much of it. */

/**
 * Less is not worth the trouble: the first array that a thread hands over has V8 throw back all that it has compiled for arrays, and look
 * before each access from then on whether there is still one.
 */
const leastBytes = 1_048_576

let nobody: InstanceType<typeof MessagePort> | null = null

/**
 * Empties an array for good, and all others over the same memory. A program cannot free memory, but what it hands over to
 * somebody else is not its own any more, and what is sent through a port that is closed is gone.
 */
export function release({ buffer }: { readonly buffer: ArrayBufferLike }): void {
  if (buffer.byteLength < leastBytes || !(buffer instanceof ArrayBuffer)) return
  if (nobody === null) {
    nobody = new MessageChannel().port1
    nobody.close()
  }
  nobody.postMessage(null, [buffer])
}

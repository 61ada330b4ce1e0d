/** The small files that git holds in the place of large ones: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md */

import { decodePath } from '../lib/path.ts'

const smallest = 120
const largest = 1023

/** True for the size of a file that is worth a look. */
export const mayBePointer = (bytes: number): boolean => bytes >= smallest && bytes <= largest

/** The bytes of what a pointer stands for; null for the content of anything else. */
export function pointedSize(content: Uint8Array): number | null {
  const text = decodePath(content)
  const size = /^version https:\/\/git-lfs\.github\.com\/spec\/v1\n(?:.*\n)*?size (\d{1,15})\n/.exec(
    text,
  )?.[1]
  return size === undefined ? null : Number(size)
}

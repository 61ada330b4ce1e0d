import { expect, it } from 'vitest'
import { release } from '../../src/context/release.ts'

it('gives the memory of an array back at once', () => {
  const before = process.memoryUsage().arrayBuffers
  const array = new Float64Array(4_000_000).fill(1)
  const view = array.subarray(10, 20)
  expect(process.memoryUsage().arrayBuffers - before).toBeGreaterThan(30_000_000)
  release(view)
  expect([array.length, view.length]).toEqual([0, 0])
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000)
})

it('leaves small arrays and shared ones alone', () => {
  const small = new Uint8Array(10).fill(7)
  const shared = new Uint8Array(new SharedArrayBuffer(100_000)).fill(7)
  release(small)
  release(shared)
  expect([small[9], shared[99_999]]).toEqual([7, 7])
})

import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // A test that asserts nothing cannot fail.
    expect: { requireAssertions: true },
    include: ['test/**/*.test.ts'],
    // The engine tests, the slowest by far, wait for a daemon most of the time.
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
})

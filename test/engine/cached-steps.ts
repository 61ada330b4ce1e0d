/** `#7 [build 2/4] COPY src /src`, and somewhere after it `#7 CACHED` or `#7 DONE 0.1s`: by their texts, which steps came from the cache. */
export function cachedSteps(log: string): Map<string, boolean> {
  const cached = new Set([...log.matchAll(/^#(\d+) CACHED/gm)].map(([, id]) => id))
  return new Map(
    [...log.matchAll(/^#(\d+) \[(?!internal)[^\]]*\] ((?:COPY|ADD|RUN) .*)$/gm)].map(([, id, text = '']) => [
      text.trim(),
      cached.has(id),
    ]),
  )
}

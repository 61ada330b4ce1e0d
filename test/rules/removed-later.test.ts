import { describe, expect, it } from 'vitest'
import type { MemoryTree } from '../../src/host/memory.ts'
import { scanTree } from '../scan-tree.ts'

const tree: MemoryTree = {
  'version.py': 'x',
  '.git/HEAD': 'ref: refs/heads/main\n',
  '.git/objects/pack/pack-1.pack': 3_000_000,
  'plugins/a/.git/objects/pack/pack-2.pack': 1_000_000,
  'training/images.bin': 2_000_000,
  'notes.txt': 3,
}
const look = (...lines: readonly string[]) => {
  const Dockerfile = `${['FROM python', 'WORKDIR /app', ...lines].join('\n')}\n`
  const [context] = scanTree({ ...tree, Dockerfile }).report.contexts
  return context?.findings.filter(({ rule }) => rule === 'removed-later') ?? []
}
const messages = (...lines: readonly string[]) => look(...lines).map(({ message }) => message)

describe('what a later step deletes', () => {
  it('stays in the layer of the copy, with the way out for the history', () => {
    expect(look('COPY . ./', 'RUN python version.py', 'RUN rm -rf .git')).toMatchObject([
      {
        severity: 'warning',
        message:
          '.git stays in the image: RUN (line 5) deletes what COPY (line 3) has put into a layer of its own, 3.00MB',
        hint: 'a later layer only hides it, and whoever has the image can read it: leave it out of the copy with --exclude=.git, and give it to the step that needs it with --mount=type=bind,source=.git,target=.git',
        at: { file: 'Dockerfile', line: 5 },
        bytes: 3_000_021,
        data: { fails: false, files: 2, copy: { line: 3 }, path: '.git' },
      },
    ])
  })

  it.each([
    'RUN find . -type d -name ".git" | xargs rm -rf',
    'RUN find . -name .git -type d -prune -exec rm -rf {} +',
    'RUN find /app -depth -name .git -delete',
  ])('is found by its name: %s', (run) => {
    expect(messages('COPY . ./', run)).toEqual([
      '.git and 1 more stay in the image: RUN (line 4) deletes what COPY (line 3) has put into a layer of its own, 4.00MB',
    ])
  })

  it('is told of other files too', () => {
    expect(messages('COPY training /data', 'RUN train && rm -r /data')).toEqual([
      'training stays in the image: RUN (line 4) deletes what COPY (line 3) has put into a layer of its own, 2.00MB',
    ])
  })

  it.each<[string, readonly string[]]>([
    ['it is a trifle', ['COPY . .', 'RUN rm notes.txt']],
    ['it is gone before it is copied', ['RUN rm -rf training', 'COPY . .']],
    [
      'only the rest is taken of the stage',
      ['COPY . .', 'RUN rm -rf .git', 'FROM python', 'COPY --from=0 /app /app'],
    ],
    ['a mount brings it', ['RUN --mount=type=bind,target=/app rm -rf .git']],
    ['something else is deleted', ['COPY . .', 'RUN rm -rf /root/.cache build']],
    ['it may not run', ['COPY . .', 'RUN if [ -n "$SLIM" ]; then rm -rf training; fi']],
    ['it is searched for by more than its name', ['COPY . .', 'RUN find . -name .git -size +9G -delete']],
    ['what is found is only shown', ['COPY . .', 'RUN find . -name .git | xargs du']],
  ])('is nothing to tell where %s', (_, lines) => {
    expect(messages(...lines)).toEqual([])
  })
})

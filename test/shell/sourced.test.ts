import { describe, expect, it } from 'vitest'
import { readShell } from '../../src/shell/read.ts'
import { variableFiles, withoutSources, writesOf } from '../../src/shell/sourced.ts'

const written =
  'if [ "$P" = a ]; then RID=x; else RID=y; fi && echo "RID=$RID" > /tmp/rid.txt && echo "export A=1" >> /tmp/rid.txt'

describe('a script that only sets variables', () => {
  it('is one that is written of assignments alone', () => {
    expect([...variableFiles(writesOf(written))]).toEqual(['/tmp/rid.txt'])
    expect([...variableFiles(["printf 'A=%s' > /etc/env", 'make >> /etc/env'].flatMap(writesOf))]).toEqual([])
  })

  it.each([
    'echo "make all" > /tmp/x',
    "echo 'A=1; make' > /tmp/x",
    "echo 'A=$(make)' > /tmp/x",
    'cat a > /tmp/x',
    'echo A=1 > x',
    'echo > /tmp/x',
  ])('is none where it may run something: %s', (text) => {
    expect(variableFiles(writesOf(text)).size).toBe(0)
  })

  it.each([
    '. /tmp/rid.txt && dotnet restore -r $RID',
    'set -e; source /tmp/rid.txt; dotnet restore',
    'if true; then . "/tmp/rid.txt"; fi',
    '. /etc/os-release && echo $ID',
    '. "$HOME/.cargo/env" && cargo build',
  ])('can be sourced: %s', (text) => {
    const after = withoutSources(text, new Set(['/tmp/rid.txt']))
    expect(after).toHaveLength(text.length)
    expect(readShell(text).unread).not.toBeNull()
    expect(readShell(after).unread).toBeNull()
  })

  it.each(['. /tmp/other && make', '. ./env.sh', '. /tmp/rid.txt extra', 'source $F', 'ls . /tmp/rid.txt'])(
    'is not another, and no other word: %s',
    (text) => {
      expect(withoutSources(text, new Set(['/tmp/rid.txt']))).toBe(text)
    },
  )
})

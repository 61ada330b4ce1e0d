import * as fs from 'node:fs'
import * as path from 'node:path'
import { describe, expect, it } from 'vitest'
import { createMemoryHost } from '../src/host/memory.ts'
import { readArguments } from '../src/verbs/arguments.ts'
import { readOptions } from '../src/verbs/options.ts'
import { verbUsage } from '../src/verbs/usage.ts'

const top = path.join(import.meta.dirname, '..')
const pages = [
  'README.md',
  'CHANGELOG.md',
  ...fs
    .readdirSync(path.join(top, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]

/** Without what stands before and behind it in a shell, and without an explanation. */
const commandIn = (line: string): string =>
  /\bctxsize\b.*/
    .exec(line)?.[0]
    .split(/ {2,}| (?:[|<>]|&&) |\)/)[0]
    ?.trim() ?? line

/** The examples of the help, and command lines of ctxsize in code: spans that begin with it, and lines of blocks, without prompt, pipe and explanation. */
const commands = [
  ...new Set([
    ...Object.values(verbUsage).flatMap(({ examples }) => examples.map(([line]) => commandIn(line))),
    ...pages.flatMap((page) => {
      const text = fs.readFileSync(path.join(top, page), 'utf8')
      const blocks = [...text.matchAll(/^```\w*\n([\s\S]*?)^```/gm)].flatMap(([, block = '']) =>
        [...block.matchAll(/^(?:\$ .*)?\b(ctxsize(?: .*)?)$/gm)].map(([, line = '']) => line),
      )
      const spans = [...text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/`(ctxsize(?: [^`]*)?)`/g)].map(
        ([, line = '']) => line,
      )
      return [...blocks, ...spans].map(commandIn)
    }),
  ]),
]

it('of the help and the documentation are many', () => {
  expect(commands.length).toBeGreaterThan(25)
})

it.each(commands)('can be typed: %s', (command) => {
  const words = (command.match(/'[^']*'|\S+/g) ?? [])
    .slice(1)
    .map((word) => word.replace(/^'|'$/g, ''))
    .filter((word) => !/^\[.*\]$/.test(word))
    // Of several words that it may be, the first.
    .map((word) => word.replace('…', '').replace(/\|.*/, ''))
  expect(
    readOptions(readArguments(words), createMemoryHost({ '/Dockerfile': 'FROM scratch\n' })),
  ).toBeDefined()
})

describe('the pages', () => {
  const docs = pages.filter((page) => page.startsWith('docs/'))
  const linksOf = (page: string) =>
    [
      ...fs
        .readFileSync(path.join(top, page), 'utf8')
        .replace(/^```[\s\S]*?^```/gm, '')
        .matchAll(/\]\(([^)\s]+)\)/g),
    ]
      .map(([, link = '']) => link)
      .filter((link) => !/^https?:/.test(link))

  it('link to files that are there, and to headings of them', () => {
    const headings = (text: string) =>
      [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
        title
          .toLowerCase()
          .replace(/[^\w -]/g, '')
          .replaceAll(' ', '-'),
      )
    const dead = pages.flatMap((page) =>
      linksOf(page).filter((link) => {
        const [file = '', heading] = link.split('#')
        const to = file === '' ? path.join(top, page) : path.join(top, path.dirname(page), file)
        if (!fs.existsSync(to)) return true
        return heading !== undefined && !headings(fs.readFileSync(to, 'utf8')).includes(heading)
      }),
    )
    expect(dead).toEqual([])
  })

  it('are all found from the index', () => {
    const linked = ['docs/README.md', 'docs/rules/README.md'].flatMap((page) =>
      linksOf(page).map((link) => path.join(path.dirname(page), link)),
    )
    expect(docs.filter((page) => page !== 'docs/README.md' && !linked.includes(page))).toEqual([])
  })
})

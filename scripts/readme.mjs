#!/usr/bin/env node
// Runs the commands of the console blocks in README.md and some of docs/ again and puts what they print in their place.
//   node scripts/readme.mjs
// A line `…` in a block stands for lines left out: what is before it stays as many lines as it is, and what is behind
// it begins again where its first line is printed.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { growProject } from './grow-junk.mjs'

const top = path.dirname(import.meta.dirname)
/** Pages whose console blocks are run, each block after the other in one directory. */
export const pages = ['README.md', 'docs/reports.md', 'docs/config.md']
const blockPattern = /^```console\n([\s\S]*?)^```/gm

/** The directories that the examples speak of. */
const projects = { shop: { project: 'node-app', history: true }, laptop: { project: 'java-service' } }

/** Grows them under `place`. */
export async function growExamples(place) {
  for (const [name, { project, ...options }] of Object.entries(projects))
    await growProject(project, path.join(place, name), options)
}

/** What the command in the first line of a block prints, line by line. `place`: where the projects lie. */
export function printedBy(command, place) {
  // Of quotes only those that keep a shell from a pattern.
  const words = command
    .replace(/^\$ (?:docker build .*\| )?ctxsize ?/, '')
    .split(' ')
    .map((word) => word.replace(/^'(.*)'$/, '$1'))
  // The log that docker wrote when it built the first of them.
  const input = command.includes('docker build')
    ? fs.readFileSync(path.join(top, 'fixtures/logs/shop.txt'))
    : ''
  const run = spawnSync(process.execPath, [path.join(top, 'bin/ctxsize.js'), ...words], {
    cwd: place,
    input,
    encoding: 'utf8',
    env: { PATH: process.env.PATH },
  })
  return run.stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.trimEnd())
}

/** The lines that a block would show of what is printed, with its own gaps. Null where a part of it is not printed. */
export function shownOf(lines, printed) {
  const parts = [[]]
  for (const line of lines) line.trim() === '…' ? parts.push([]) : parts.at(-1).push(line.trimEnd())
  if (parts.length === 1) return printed
  const shown = []
  let at = 0
  for (const [index, part] of parts.entries()) {
    if (index > 0) shown.push(lines.find((line) => line.trim() === '…'))
    if (part.length === 0) continue
    if (index > 0) at = printed.indexOf(part[0], at)
    if (at < 0) return null
    const end = index === parts.length - 1 ? printed.length : at + part.length
    shown.push(...printed.slice(at, end))
    at = end
  }
  return shown
}

async function renew(page) {
  const place = fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-readme-'))
  await growExamples(place)
  const file = path.join(top, page)
  const text = fs.readFileSync(file, 'utf8').replace(blockPattern, (block, inner) => {
    const [command, ...lines] = inner.trimEnd().split('\n')
    const shown = shownOf(lines, printedBy(command, place))
    if (shown === null) {
      console.error(`to be mended by hand: ${command}`)
      return block
    }
    return `\`\`\`console\n${[command, ...shown].join('\n')}\n\`\`\``
  })
  fs.writeFileSync(file, text)
  fs.rmSync(place, { recursive: true, force: true })
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  for (const page of pages) await renew(page)

#!/usr/bin/env node
// Writes docs/rules/ anew: a page for each rule, as `ctxsize explain RULE --format markdown` prints it, and their list.
//   node scripts/build.mjs --quick && node scripts/rules.mjs
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'

const top = path.dirname(import.meta.dirname)
const folder = path.join(top, 'docs/rules')
const explain = (...words) =>
  execFileSync(process.execPath, [path.join(top, 'bin/ctxsize.js'), 'explain', ...words], {
    encoding: 'utf8',
  })

fs.rmSync(folder, { recursive: true, force: true })
fs.mkdirSync(folder)
const { rules } = JSON.parse(explain('--format', 'json'))
for (const { id } of rules)
  fs.writeFileSync(path.join(folder, `${id}.md`), explain(id, '--format', 'markdown'))
const rows = rules.map(({ id, title }) => `| [\`${id}\`](${id}.md) | ${title} |`)
fs.writeFileSync(
  path.join(folder, 'README.md'),
  `# Rules\n\nWhat ctxsize looks for; \`ctxsize explain RULE\` prints the same pages.\n\n| rule | what it finds |\n| --- | --- |\n${rows.join('\n')}\n`,
)

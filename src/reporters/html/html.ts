/** A page that shows the report, with all it needs in one file. */

import type { ContextTree } from '../../analyse/tree.ts'
import { packPage } from '../../page/packed.ts'
import type { Report } from '../../report.ts'
import type { Style } from '../style.ts'
import { asset } from './asset.ts'

/**
 * The data is deflated and stands in the page as base64: no name of a file and no word of a report is ever read as HTML.
 * The policy lets in the page's own program and looks, by their hashes, and nothing else: no network, no other script.
 */
export async function html(report: Report, _: Style, trees: () => readonly ContextTree[]): Promise<string> {
  const data = await deflated(packPage(report, trees()))
  const policy = [
    "default-src 'none'",
    `script-src ${asset.scriptHash}`,
    `style-src ${asset.styleHash}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<meta name="generator" content="ctxsize">`,
    '<title>ctxsize</title>',
    `<style>${asset.style}</style>`,
    '</head>',
    '<body>',
    '<div id="page"><noscript>This report is drawn by a script of its own. Without one, ctxsize prints the same facts as a table or as JSON.</noscript></div>',
    `<script type="text/plain" id="data">${data}</script>`,
    `<script>${asset.script}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n')
}

async function deflated(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  // The types of Node 20 do not list the format, which it knows (20.12).
  const stream = new CompressionStream('deflate-raw' as 'deflate')
  const packed = new Blob([bytes]).stream().pipeThrough(stream)
  return Buffer.from(await new Response(packed).arrayBuffer()).toString('base64')
}

/** The program of the page: reads the data that stands in it, and shows it. */

import { type PageData, unpackPage } from '../packed.ts'
import { createApp } from './app.ts'
import { el, fill } from './dom.ts'
import { createSummary } from './summary.ts'

const page = document.getElementById('page')
const packed = document.getElementById('data')

async function inflated(text: string): Promise<Uint8Array> {
  const binary = atob(text)
  const bytes = new Uint8Array(binary.length)
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i)
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

function show(into: HTMLElement, data: PageData): void {
  fill(into)
  if (data.trees.length > 0) createApp(into, data)
  else createSummary(into, data.report)
}

if (page && packed)
  inflated(packed.textContent ?? '')
    .then((bytes) => {
      // A second copy of all the data is of no use to anybody.
      packed.remove()
      show(page, unpackPage(bytes))
    })
    .catch((thrown: unknown) => {
      fill(
        page,
        el(
          'p',
          'verdict bad',
          `This report cannot be shown: ${thrown instanceof Error ? thrown.message : 'its data is damaged'}`,
        ),
      )
      throw thrown
    })

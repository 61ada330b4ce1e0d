/** Elements without HTML: what comes from the data gets into the page as text or not at all. */

type Child = Node | string | null | false

interface Properties {
  readonly class?: string
  readonly title?: string
  readonly on?: Readonly<Record<string, (event: Event) => void>>
  /** Attributes with fixed names; null leaves one out. Never a style: the policy refuses it. */
  readonly attributes?: Readonly<Record<string, string | null>>
}

/** Makes an element of children and texts. */
export function el<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Properties | string = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag)
  const given = typeof properties === 'string' ? { class: properties } : properties
  if (given.class !== undefined) made.className = given.class
  if (given.title !== undefined) made.title = given.title
  for (const [name, value] of Object.entries(given.attributes ?? {}))
    if (value !== null) made.setAttribute(name, value)
  for (const [name, listener] of Object.entries(given.on ?? {})) made.addEventListener(name, listener)
  put(made, ...children)
  return made
}

/** Puts children behind those that are there. */
export function put(parent: Element, ...children: readonly Child[]): void {
  for (const child of children) if (child !== null && child !== false) parent.append(child)
}

/** Puts children in the place of all that are there. */
export function fill(parent: Element, ...children: readonly Child[]): void {
  parent.replaceChildren()
  put(parent, ...children)
}

/** Has an element say a text. One that says it already is left alone, and nothing of the page is laid out anew. */
export function say(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text
}

/** A button that says what it does. */
export function button(label: string, onClick: () => void, className = ''): HTMLButtonElement {
  return el('button', { class: className, attributes: { type: 'button' }, on: { click: onClick } }, label)
}

const svgNamespace = 'http://www.w3.org/2000/svg'

/** An element of a drawing. */
export function svg(
  tag: string,
  attributes: Readonly<Record<string, string>>,
  ...children: Node[]
): SVGElement {
  const made = document.createElementNS(svgNamespace, tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  made.append(...children)
  return made
}

/** Copies a text and says so on the button for a moment. */
export function copyButton(label: string, text: () => string): HTMLButtonElement {
  const made = button(label, () => {
    void copied(text()).then((done) => {
      made.textContent = done ? 'Copied' : 'Select it and copy'
      setTimeout(() => {
        made.textContent = label
      }, 1500)
    })
  })
  return made
}

/** A page from the disk may have no clipboard; a selection that is copied works everywhere. */
async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const area = el('textarea', 'offscreen')
    area.value = text
    document.body.append(area)
    area.select()
    // Deprecated, and the only way where there is no permission to be had.
    const done = document.execCommand('copy')
    area.remove()
    return done
  }
}

/** Any document that the program prints, as JSON; the documents are in report.ts and schema/report.schema.json. */
export function json(document: object): string {
  const text = JSON.stringify(document, null, 2)
  return `${text.replace(misleading, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`
}

/** What JSON lets stand in a string, and a terminal or a reader may take for something else: DEL, C1, and what is invisible or turns text around. */
const misleading = /[\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g

/** Any document that the program prints, as JSON; the documents are in report.ts and schema/report.schema.json. */
export function json(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`
}

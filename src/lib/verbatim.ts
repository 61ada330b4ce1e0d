/** A text as part of a regular expression that means just this text. */
export const verbatim = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')

/** A text as part of a regular expression that means just this text; of git's and grep's too (POSIX extended). */
export const verbatim = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')

/** What a suggestion is made of, before it is a report. */

export {}

/**
 * The text with no line that a runner of GitHub Actions takes for a command, as the log of a job may be where it goes:
 * `::name::text` begins a line, blanks left out, and `##[name]text` stands anywhere in one (actions/runner,
 * src/Runner.Common/ActionCommand.cs). A name can hold either, and a line may break before it.
 */
export function inertText(text: string): string {
  return text.replace(/^([^\S\n]*):(?=:)/gm, '$1\\x3a').replaceAll('##[', '#\\x23[')
}

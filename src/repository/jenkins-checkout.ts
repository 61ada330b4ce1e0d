/** Where a Jenkinsfile goes from an empty workspace to a checkout, and how far from there on all is known that it calls. */

/** What a Jenkinsfile says of its workspace, as offsets into its text. */
export interface CleanCheckout {
  /** Where the arguments of the checkout begin. */
  readonly from: number
  /** The first thing behind it that may do anything; the length of the text where there is none. */
  readonly until: number
}

/**
 * Of a stage that begins with emptying the workspace and then checks out what Jenkins runs it for:
 * https://www.jenkins.io/doc/pipeline/steps/ws-cleanup/, https://www.jenkins.io/doc/pipeline/steps/workflow-basic-steps/#deletedir-recursively-delete-the-current-directory-from-the-workspace.
 * Null for any other: a workspace keeps what earlier runs left.
 */
export function cleanCheckout(text: string): CleanCheckout | null {
  const plain = withoutTexts(text)
  const found =
    /\b(?:stage|node)\s{0,9}\([^()]{0,200}\)\s{0,99}\{(?:\s|\{|\b(?:steps|script)\b){0,99}(?:cleanWs|deleteDir)\s{0,9}\(\s{0,9}\)[\s;]{0,99}\bcheckout(?=\s{0,9}\(?\s{0,9}scm\b)/.exec(
      plain,
    )
  if (found === null) return null
  const from = found.index + found[0].length
  for (const { 0: name, index } of plain.slice(from).matchAll(/[A-Za-z_]\w*/g)) {
    const at = from + index
    if (!harmless.has(name) && !isVariable(text, name, at)) return { from, until: at }
  }
  return { from, until: text.length }
}

/** Blocks, conditions and steps that bring nothing into a workspace, and names of their parameters: https://www.jenkins.io/doc/book/pipeline/syntax/. */
const harmless: ReadonlySet<string> = new Set(
  [
    'stages stage steps script environment options timeout retry post always success failure cleanup',
    'when branch tag expression anyOf allOf not equals expected actual environment name value beforeAgent',
    'withCredentials withEnv usernamePassword string credentialsId usernameVariable passwordVariable variable credentials',
    'sh label returnStdout returnStatus echo error sleep timestamps ansiColor unit time return if else def true false null',
    'docker withRegistry build push image env params scm cleanWs deleteDir skipDefaultCheckout trim',
  ].flatMap((words) => words.split(' ')),
)

/**
 * True for a name in capitals behind which stands what ends or compares a value. Before a bracket, a literal or another word it is a step
 * of somebody's library: https://www.jenkins.io/doc/book/pipeline/shared-libraries/#defining-custom-steps.
 */
const isVariable = (text: string, name: string, at: number): boolean =>
  /^[A-Z][A-Z\d_]*$/.test(name) &&
  /^[ \t]{0,99}(?:$|[\r\n=!<>,;:?&|)}\]]|\.trim\b|\/\/)/.test(
    text.slice(at + name.length, at + name.length + 200),
  )

/** The text with blanks for comments, and for literals but those that call something when they are put together; what is never closed stays. */
const withoutTexts = (text: string): string =>
  text.replace(
    // An end that is missing is matched too: otherwise each beginning would be sought one to the end of the text.
    /'''[\s\S]*?'''|"""[\s\S]*?"""|('(?:[^'\\\n]|\\.)*(')?)|("(?:[^"\\\n]|\\.)*(")?)|\/\/[^\n]*|(\/\*(?:[\s\S]*?(\*\/)|[\s\S]*))/g,
    (all, one, oneEnd, two, twoEnd, remark, remarkEnd) =>
      (one !== undefined && oneEnd === undefined) ||
      (two !== undefined && twoEnd === undefined) ||
      (remark !== undefined && remarkEnd === undefined) ||
      (all.startsWith('"') && /\$\{[^}]{0,500}\(/.test(all))
        ? all
        : ' '.repeat(all.length),
  )

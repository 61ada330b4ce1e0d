// One comment on a pull request, written again by every run: GitHub's REST API, /issues/{number}/comments.
import fs from 'node:fs'

/** What GitHub takes for one comment: https://github.com/orgs/community/discussions/27190. */
const longest = 65_536

/**
 * Puts the text, whose first line is its mark, in the place of the comment that begins with the same line, else below the others. Returns
 * what is to be said of it: level and sentence. A comment that cannot be written is no reason to fail: pull requests from forks have no
 * right to.
 */
export async function commentOn(env, text) {
  const number = pullRequestOf(env)
  if (number === null) return ['notice', 'no comment: this run is about no pull request']
  const api = apiOf(env)
  const issue = `/repos/${env.GITHUB_REPOSITORY}/issues`
  const body = text.slice(0, longest)
  try {
    const own = await ownComment(api, `${issue}/${number}/comments`, body.split('\n')[0])
    if (own === null) await api('POST', `${issue}/${number}/comments`, { body })
    else if (own.body !== body) await api('PATCH', `${issue}/comments/${own.id}`, { body })
    return ['debug', own === null ? 'comment written' : 'comment written again']
  } catch (error) {
    return ['warning', `no comment: ${error.message}`]
  }
}

function pullRequestOf({ GITHUB_EVENT_PATH: file }) {
  const number = file ? JSON.parse(fs.readFileSync(file, 'utf8')).pull_request?.number : undefined
  return Number.isSafeInteger(number) ? number : null
}

function apiOf({ GITHUB_API_URL: url = 'https://api.github.com', CTXSIZE_TOKEN: token = '' }) {
  return async (method, path, content) => {
    const response = await fetch(url + path, {
      method,
      headers: {
        accept: 'application/vnd.github+json',
        authorization: `Bearer ${token}`,
        'x-github-api-version': '2022-11-28',
      },
      ...(content && { body: JSON.stringify(content) }),
      signal: AbortSignal.timeout(30_000),
    })
    if (response.ok) return response.json()
    const right =
      response.status === 403
        ? ' (it needs the permission pull-requests: write, which forks do not have)'
        : ''
    throw new Error(`GitHub answers ${response.status} to ${method} ${path}${right}`)
  }
}

const perPage = 100
const mostPages = 20

/** The comment with the mark; null when there is none. Only of a bot, as the token is: anybody can write the mark. */
async function ownComment(api, path, mark) {
  for (let page = 1; page <= mostPages; page++) {
    const comments = await api('GET', `${path}?per_page=${perPage}&page=${page}`)
    const found = comments.find(({ body, user }) => user?.type === 'Bot' && body?.split(/\r?\n/)[0] === mark)
    if (found) return found
    if (comments.length < perPage) break
  }
  return null
}

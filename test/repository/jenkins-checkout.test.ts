import { describe, expect, it } from 'vitest'
import { buildsWithout } from '../../src/repository/provenance.ts'
import { recipesIn } from './recipe-tree.ts'

const clean = "stage('Checkout') {\n steps {\n cleanWs()\n checkout scm\n }\n }"
const image = "stage('Image') { steps { sh 'docker build -t a:$TAG .' } }"
const push = "stage('Push') { when { branch 'main' } steps { sh 'docker push a:$TAG' } }"
const pipeline = (...stages: readonly string[]) =>
  `pipeline {\n agent { label 'docker' }\n options { skipDefaultCheckout() }\n environment { TAG = "\${env.BUILD_NUMBER}" }\n stages {\n ${stages.join('\n ')}\n }\n}\n`
const without = (text: string) => buildsWithout(recipesIn({ Jenkinsfile: text }).recipes, 'media', () => true)

describe('a Jenkinsfile', () => {
  it('builds without what is not committed, where it empties the workspace, checks out, and builds', () => {
    expect(without(pipeline(clean, image, push))).toMatchObject({ by: 'CI', isUsed: true })
    expect(
      without(pipeline(clean, "stage('x') { steps { sh 'docker build .' } } // fetchAll()")),
    ).toMatchObject({
      isUsed: false,
    })
    expect(
      without(pipeline(clean, "stage('b') { when { expression { BRANCH == 'main' } } }", image)),
    ).not.toBeNull()
    expect(without(`node('a') { deleteDir(); checkout(scm); sh 'docker build .' }`)).not.toBeNull()
  })

  it.each([
    ['keeps what earlier runs left', pipeline("stage('a') { steps { checkout scm } }", image)],
    ['calls what may do anything', pipeline(clean, "stage('b') { steps { fetchData() } }", image)],
    ['calls what is named in capitals', pipeline(clean, "stage('b') { FETCH(params.MODEL) }", image)],
    ['calls it with a text', pipeline(clean, "stage('b') { FETCH 'model' }", image)],
    ['calls it with a variable', pipeline(clean, "stage('b') { FETCH params.MODEL }", image)],
    ['calls it with a block', pipeline(clean, "stage('b') { FETCH { sh 'ls' } }", image)],
    ['calls one of its own', pipeline(clean, "stage('b') { MODEL.build() }", image)],
    ['begins a comment that never ends', pipeline(clean, "stage('b') { /* fetchData() }", image)],
    ['calls it where a text is put together', pipeline(clean, 'stage("b ${fetchData()}") { }', image)],
    [
      'unpacks what another stage has made',
      pipeline(clean, "stage('b') { steps { unstash 'dist' } }", image),
    ],
    ['makes it', pipeline(clean, "stage('b') { steps { sh 'mkdir media' } }", image)],
    ['goes to another machine', pipeline(clean, image.replace('{ steps', "{ agent { label 'b' } steps"))],
    ['checks out another repository', pipeline(clean.replace('scm', "([$class: 'GitSCM'])"), image)],
    [
      'empties the workspace on a condition',
      pipeline(clean.replace('steps', "when { branch 'a' }\n steps"), image),
    ],
    ['empties some of it', pipeline(clean.replace('cleanWs()', 'cleanWs(patterns: [])'), image)],
    ['empties another directory', `dir('x') { ${clean} }\n${image}`],
  ])('says nothing of the sort where it %s', (_, text) => {
    expect(without(text)).toBeNull()
  })

  it.each(['/*', "\\'", '\\"', "'''", '${'])('is read once where %s is never closed', (piece) => {
    const began = performance.now()
    expect(without(`${pipeline(clean, image)}${piece.repeat(60_000)}`)).not.toBeUndefined()
    expect(performance.now() - began).toBeLessThan(2_000)
  })
})

import { describe, expect, it } from 'vitest'
import { recipesIn } from './recipe-tree.ts'

const choosing = (id: string) => [
  `      - id: ${id}`,
  '        env: { KIND: "${{ matrix.kind }}" }',
  '        run: |',
  '          file=Dockerfile',
  '          if [[ $KIND == alpine ]]; then file=Dockerfile.alpine; fi',
  '          echo "file=$file" >> "$GITHUB_OUTPUT"',
  '          echo "version=$(git describe)" >> "$GITHUB_OUTPUT"',
]

function built(lines: readonly string[], more: Readonly<Record<string, string>> = {}) {
  const { builds, open } = recipesIn({ '.github/workflows/ci.yml': lines.join('\n'), ...more })
  return {
    builds: builds.map(({ context, dockerfile }) => `${context} ${dockerfile}`),
    open: open.map(({ at }) => at.line),
  }
}

const push = (inputs: string) => ['      - uses: docker/build-push-action@v6', `        with: { ${inputs} }`]

describe('a build that hangs on outputs of a step', () => {
  it('is one of each value that the step prints', () => {
    const lines = [
      ...['jobs:', '  image:', '    steps:'],
      ...choosing('info'),
      ...push(
        'context: ., file: "./${{ steps.info.outputs.file }}", tags: "x:${{ steps.info.outputs.version }}"',
      ),
    ]
    expect(built(lines)).toEqual({ builds: ['. Dockerfile.alpine', '. Dockerfile'], open: [] })
  })

  it('is one of each value in a shell too', () => {
    const lines = [
      ...['jobs:', '  image:', '    steps:'],
      ...choosing('info'),
      '      - run: docker build -t x:${{ steps.info.outputs.version }} -f ${{ steps.info.outputs.file }} .',
      '      - run: docker build -f "$FILE" web',
      '        env: { FILE: "web/${{ steps.info.outputs.file }}" }',
    ]
    expect(built(lines)).toEqual({
      builds: ['. Dockerfile.alpine', '. Dockerfile', 'web Dockerfile.alpine', 'web Dockerfile'],
      open: [],
    })
  })

  it('stays open where a value cannot be read', () => {
    const lines = [
      ...['jobs:', '  image:', '    steps:'],
      ...choosing('info'),
      ...push('context: ., file: "${{ steps.info.outputs.version }}"'),
      ...push('context: ., file: "${{ steps.other.outputs.file }}"'),
      ...push('context: ., file: "${{ steps.info.outputs.file }}.${{ github.ref_name }}"'),
    ]
    expect(built(lines)).toEqual({ builds: [], open: [11, 13, 15] })
  })

  it('stays open where the step is written for no shell that is read', () => {
    const lines = [
      ...['jobs:', '  image:', '    steps:'],
      ...choosing('info'),
      '        shell: pwsh',
      ...push('context: ., file: "${{ steps.info.outputs.file }}"'),
    ]
    expect(built(lines)).toEqual({ builds: [], open: [12] })
  })

  it('takes what a matrix gives', () => {
    const lines = [
      ...['jobs:', '  image:', '    strategy: { matrix: { app: [api, web] } }', '    steps:'],
      '      - id: dir',
      '        run: echo "::set-output name=dir::apps/${{ matrix.app }}"',
      ...push('context: "${{ steps.dir.outputs.dir }}"'),
    ]
    expect(built(lines)).toEqual({ builds: ['apps/api Dockerfile', 'apps/web Dockerfile'], open: [] })
  })

  it('knows the steps of a composite action, and of no other', () => {
    const action = [
      'runs:',
      '  using: composite',
      '  steps:',
      '    - id: dir',
      '      run: echo "dir=api" >> $GITHUB_OUTPUT',
      '      shell: bash',
      '    - run: docker build ${{ steps.dir.outputs.dir }}',
      '      shell: bash',
      '    - run: docker build ${{ steps.info.outputs.file }}',
      '      shell: bash',
    ]
    const lines = [...['jobs:', '  image:', '    steps:'], ...choosing('info'), '      - uses: ./image']
    expect(built(lines, { 'image/action.yml': action.join('\n') })).toEqual({
      builds: ['api Dockerfile'],
      open: [9],
    })
  })
})

describe('a build that hangs on outputs of a job', () => {
  const setup = [
    ...['jobs:', '  setup:', '    outputs:'],
    '      file: ${{ steps.info.outputs.file }}',
    '      version: ${{ steps.info.outputs.version }}',
    '      dir: images',
    '    steps:',
    ...choosing('info'),
  ]

  it('is one of each value that the job hands on', () => {
    const lines = [
      ...setup,
      ...['  image:', '    needs: setup', '    steps:'],
      ...push('context: ., file: "${{ needs.setup.outputs.dir }}/${{ needs.setup.outputs.file }}"'),
      ...push('context: ., file: "${{ needs.setup.outputs.version }}"'),
      ...push('context: ., file: "${{ needs.setup.outputs.none }}"'),
    ]
    expect(built(lines)).toEqual({
      builds: ['. images/Dockerfile.alpine', '. images/Dockerfile'],
      open: [20, 22],
    })
  })

  it('is one of each in a workflow that is called with it', () => {
    const called = [
      'on: { workflow_call: { inputs: { file: { type: string } } } }',
      ...['jobs:', '  image:', '    steps:'],
      ...push('context: ., file: "${{ inputs.file }}"'),
    ]
    const lines = [
      ...setup,
      ...['  image:', '    uses: ./.github/workflows/image.yml'],
      '    with: { file: "${{ needs.setup.outputs.file }}", tag: "${{ needs.setup.outputs.version }}" }',
    ]
    expect(built(lines, { '.github/workflows/image.yml': called.join('\n') })).toEqual({
      builds: ['. Dockerfile.alpine', '. Dockerfile'],
      open: [],
    })
  })

  it('stays open in a workflow that nobody here calls', () => {
    const lines = [
      'on: { workflow_call: { inputs: { file: { type: string } } } }',
      ...['jobs:', '  image:', '    steps:'],
      ...push('context: ., file: "${{ inputs.file }}"'),
    ]
    expect(built(lines)).toEqual({ builds: [], open: [5] })
  })

  it('ends where jobs hand on to each other', () => {
    const job = (name: string, other: string) => [
      `  ${name}:`,
      `    outputs: { file: "\${{ needs.${other}.outputs.file }}" }`,
      '    steps:',
      ...push(`context: ., file: "\${{ needs.${other}.outputs.file }}"`),
    ]
    expect(built(['jobs:', ...job('a', 'b'), ...job('b', 'a')])).toEqual({ builds: [], open: [5, 10] })
  })
})

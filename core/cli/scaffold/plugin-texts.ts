/** The config of \`timhook dev\`. */
export function pluginConfig(main: string): string {
  return `# For development: an app that accepts unsigned callbacks, only on this machine.
server: { host: 127.0.0.1, port: 8080, drainMs: 0 }
admin: false
apps:
  - sdkAppId: 1400000000
    unsigned: true
delivery: { engine: memory }
plugins:
  - use: .${main}
    options:
      words: [casino]
`
}

export function pluginReadme(name: string): string {
  return `# timhook-plugin-${name}

A timhook plugin.

\`\`\`yaml
plugins:
  - use: ${name}
    options:
      words: [casino]
\`\`\`

| option | meaning | default |
| --- | --- | --- |
| \`words\` | messages with one of these are rejected | none |

## Work on it

\`\`\`sh
npm install
npm test
npm run dev      # a server on 127.0.0.1:8080 that restarts on a change; send it callbacks from a second terminal:
npx timhook trigger Group.CallbackBeforeSendMsg --config config/dev.yaml --set MsgBody.0.MsgContent.Text=casino
npm run doctor   # before publishing
\`\`\`
`
}

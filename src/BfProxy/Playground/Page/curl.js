const appMark = '@@app@@';
const providerMark = '@@provider@@';

const quoted = (text) => text.replaceAll("'", "'\\''");

/** The curl command that does what the form does. Keys stand as shell variables; only the public demo key is shown. */
export function curlOf(form, origin) {
  const { app, provider, publicApp } = form.keys;
  const isPublic = publicApp !== null && app === publicApp;
  const envelope = form.envelope({ app: isPublic ? app : appMark, provider: provider ? providerMark : '' });
  const body = quoted(JSON.stringify(envelope, null, 2))
    .replace(appMark, `'"$BF_API_KEY"'`)
    .replace(providerMark, `'"$PROVIDER_API_KEY"'`);
  return `curl -sS ${origin}${form.path} \\\n  -H 'Content-Type: application/json' \\\n  -d '${body}'`;
}

/** What to connect to, and what to send there, to see the frames. */
export function listenOf(channel, app, origin) {
  const address = `${origin.replace(/^http/, 'ws')}/message/connect${app ? `?app=${encodeURIComponent(app)}` : ''}`;
  const join = JSON.stringify({ id: 1, action: 'channelJoinAnon', options: { channel } });
  return `# connect to ${address}, then send\n${join}`;
}

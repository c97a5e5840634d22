// The real Typebot widget, where it is installed for tests, with the demo bot of this server.
const bot = document.querySelector('#bot');
bot.style.cssText = 'display: block; width: 100%; height: 90vh';

try {
  const { default: Typebot } = await import('./typebot.js');
  Typebot.initStandard({ typebot: 'demo', apiHost: location.origin });
} catch {
  bot.remove();
  document.querySelector('#missing').hidden = false;
}

const byId = (id) => document.getElementById(id);

const suggestions = {
  Sky: 'Why is the night sky dark?',
  Poem: 'Write a short poem about rain and light.',
  Code: 'Show me code that reads an event stream.',
  Emoji: 'Show me text in many scripts, with emoji.',
  Long: 'Tell me a long story.',
  Tools: 'Ask the visitor for a lucky number, roll the dice and tell me the time.',
};

/** Everything of the page that is not the request itself: keys, tabs, theme, copying, chips. */
export function wirePage(actions) {
  byId('form').addEventListener('submit', (event) => {
    event.preventDefault();
    actions.send();
  });
  byId('form').addEventListener('input', actions.showSnippets);
  byId('form').addEventListener('change', actions.showSnippets);
  byId('channel').addEventListener('change', actions.changeChannel);
  byId('stop').addEventListener('click', actions.stop);
  byId('connection').addEventListener('click', actions.retry);
  byId('banner-retry').addEventListener('click', actions.start);
  byId('drop').addEventListener('click', actions.drop);
  byId('clear-events').addEventListener('click', actions.clearEvents);
  wireCopy('copy-answer', actions.answerText);
  wireCopy('copy-events', actions.eventLines);
  wireCopy('copy-curl', () => byId('curl').textContent);
  wireCopy('copy-listen', () => byId('listen').textContent);
  wireKeys(actions);
  wireTabs();
  wireTheme();
  fillChips(actions.prompt);
}

function wireKeys({ stop }) {
  const apple = /Mac|iPhone|iPad/.test(navigator.userAgent);
  byId('send-key').textContent = apple ? '⌘ ↵' : 'Ctrl ↵';
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      byId('form').requestSubmit();
    } else if (event.key === 'Escape') {
      stop();
    }
  });
}

function wireTabs() {
  const tabs = [...document.querySelectorAll('[role="tab"]')];
  const choose = (chosen) => {
    for (const tab of tabs) {
      const selected = tab === chosen;
      tab.setAttribute('aria-selected', String(selected));
      tab.tabIndex = selected ? 0 : -1;
      byId(tab.getAttribute('aria-controls')).hidden = !selected;
    }
    byId('event-tools').hidden = chosen.id !== 'tab-events';
    chosen.focus();
  };
  for (const [index, tab] of tabs.entries()) {
    tab.addEventListener('click', () => choose(tab));
    tab.addEventListener('keydown', ({ key }) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
      if (step) {
        choose(tabs.at((index + step) % tabs.length));
      }
    });
  }
}

function wireTheme() {
  const root = document.documentElement;
  const system = matchMedia('(prefers-color-scheme: dark)');
  const isDark = () => (root.dataset.theme ? root.dataset.theme === 'dark' : system.matches);
  const label = () => byId('theme').setAttribute('aria-label', isDark() ? 'Switch to the light theme' : 'Switch to the dark theme');
  byId('theme').addEventListener('click', () => {
    root.dataset.theme = isDark() ? 'light' : 'dark';
    localStorage.setItem('bfproxy-theme', root.dataset.theme);
    label();
  });
  system.addEventListener('change', label);
  label();
}

function wireCopy(id, read) {
  const button = byId(id);
  const label = button.textContent;
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(read());
      button.textContent = 'Copied';
    } catch {
      button.textContent = 'Not allowed';
    }
    setTimeout(() => {
      button.textContent = label;
    }, 1500);
  });
}

function fillChips(choose) {
  for (const [label, prompt] of Object.entries(suggestions)) {
    const item = document.createElement('li');
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = label;
    button.addEventListener('click', () => choose(prompt, label === 'Tools'));
    item.append(button);
    byId('chips').append(item);
  }
}

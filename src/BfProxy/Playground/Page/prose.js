const fence = /^```[^\n]*(?:\n|$)/gm;

/**
 * Shows a growing text: as it came, except that fenced code gets a block of its own.
 * Only text nodes are made, so nothing of a model's words is ever read as markup. Text that is there is never touched again.
 */
export class Prose {
  element = document.createElement('div');
  #text = '';
  #parts = [];

  constructor() {
    this.element.className = 'prose';
  }

  show(text) {
    if (!text.startsWith(this.#text) || text.length < this.#text.length) {
      this.element.replaceChildren();
      this.#parts = [];
    }
    this.#text = text;
    if (text === '') {
      return;
    }
    for (const [index, content] of split(text).entries()) {
      this.#showPart(index, content);
    }
  }

  #showPart(index, content) {
    const node = (this.#parts[index] ??= this.#add(index % 2 === 1));
    if (content.startsWith(node.data)) {
      node.appendData(content.slice(node.data.length));
    } else {
      node.data = content;
    }
  }

  #add(isCode) {
    const element = document.createElement(isCode ? 'pre' : 'span');
    const node = document.createTextNode('');
    element.append(node);
    this.element.append(element);
    return node;
  }
}

/** Text and code in turn, without the fences and the blank lines around them. */
function split(text) {
  const parts = text.split(fence);
  return parts.map((part, index) => {
    const before = index > 0 && index % 2 === 0 ? part.replace(/^\n+/, '') : part;
    return index < parts.length - 1 ? before.replace(/\n+$/, '') : before;
  });
}
